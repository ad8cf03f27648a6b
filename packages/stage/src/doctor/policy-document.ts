import { z } from "zod";

/** IAM takes one of a thing for a list of it. */
const texts = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === "string" ? [value] : value));
const values = z
  .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
  .transform((value) => [value].flat().map(String));

const statement = z.object({
  Effect: z.string(),
  Principal: z.union([z.string(), z.record(z.string(), texts)]).optional(),
  // A statement that says whom or what it does not mean lacks these, and is not counted.
  Action: texts.optional(),
  Resource: texts.optional(),
  Condition: z.record(z.string(), z.record(z.string(), values)).default({}),
});
type Statement = z.output<typeof statement>;

const policyDocument = z.object({
  Statement: z
    .union([statement, z.array(statement)])
    .transform((value) => (Array.isArray(value) ? value : [value])),
});

/** The statements of a policy. */
export type Policy = readonly Statement[];

export function parsePolicy(text: string): Policy {
  return policyDocument.parse(JSON.parse(text)).Statement;
}

/** A condition under which alone a denial counts: its operator, its key and its value. */
export type Condition = readonly [operator: string, key: string, value: string];

/** The operators by which a statement spares callers: it holds for everybody who is not one of these. */
const SPARING = new Set(["ArnNotEquals", "ArnNotLike", "StringNotEquals"]);

/**
 * Whom a policy does not deny an action on a resource: ARNs of roles, or patterns of them. Undefined where it denies it to
 * nobody in particular, or under further conditions, which whoever calls may meet or not.
 *
 * @param only the further condition that a denial may have.
 */
export function sparedBy(
  policy: Policy,
  action: string,
  resource: string,
  only?: Condition,
): readonly string[] | undefined {
  const denials = policy
    .filter((statement) => denies(statement, action, resource))
    .flatMap((statement) => sparedIn(statement, only) ?? []);
  if (denials.length === 0) return undefined;
  const all = [...new Set(denials.flatMap(({ spared }) => spared))];
  // A statement is enough to deny: spared is who is spared by each. What two patterns share is not worked out.
  return all.filter((arn) =>
    denials.every(
      ({ spared }) => spared.some((other) => matches(other, arn)) || (isPattern(arn) && spared.length > 0),
    ),
  );
}

function denies(
  { Effect, Principal, Action = [], Resource = [] }: Statement,
  action: string,
  resource: string,
) {
  const everybody =
    typeof Principal === "string" ? Principal === "*" : Principal?.AWS?.includes("*") === true;
  return (
    Effect === "Deny" &&
    everybody &&
    Action.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    Resource.some((pattern) => matches(pattern, resource))
  );
}

/** Whom a statement spares; undefined if it is under conditions besides. */
function sparedIn(
  { Condition }: Statement,
  only: Condition | undefined,
): { readonly spared: readonly string[] } | undefined {
  const spared: string[] = [];
  for (const [operator, keys] of Object.entries(Condition)) {
    for (const [key, given] of Object.entries(keys)) {
      if (SPARING.has(operator) && key.toLowerCase() === "aws:principalarn") spared.push(...given);
      else if (!isThe(only, operator, key, given)) return undefined;
    }
  }
  return { spared };
}

function isThe(
  only: Condition | undefined,
  operator: string,
  key: string,
  given: readonly string[],
): boolean {
  if (only === undefined) return false;
  return operator === only[0] && key.toLowerCase() === only[1] && given.length === 1 && given[0] === only[2];
}

function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}

/** Whether a text is what a pattern of IAM's means: `*` is any run of characters, `?` any one. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}
