import {
  type Candidate,
  contentHash,
  type Draft,
  type Evaluation,
  type PromptDefinition,
  type Source,
  sha256,
} from "@promptops/core/domain";

/** Who acts in tests, and why. */
export const intent = { actor: "ada@example.com", reason: "a test" };

/** A definition of the first version of a small prompt, with what is given in place of its own. */
export function definition(given: Partial<PromptDefinition> = {}): PromptDefinition {
  const { messages } = given;
  return {
    id: "support.classifier",
    version: 1,
    owner: "support-team",
    model: "claude-sonnet",
    tags: ["classification"],
    variables: { message: { type: "string", required: true } },
    ...(messages === undefined ? { template: "Classify this message: {{message}}" } : {}),
    ...given,
  };
}

/** A candidate as a checked-out repository gives it: each ref has a commit of its own. */
export function candidate(given: Partial<PromptDefinition> = {}, source: Partial<Source> = {}): Candidate {
  const made = definition(given);
  return {
    definition: made,
    source: {
      repo: "acme/prompts",
      branch: "main",
      commit: commitOf(made.id, made.version),
      author: "Ada <ada@example.com>",
      committedAt: "2026-03-01T10:00:00.000Z",
      path: `prompts/${made.id.replace(".", "/").replaceAll("-", "_")}.yaml`,
      ...source,
    },
  };
}

/** One version of a prompt, made from the one before. */
export function version(id: string, number: number): Candidate {
  return candidate({
    id,
    version: number,
    template: `Text of version ${number}: {{message}}`,
    ...(number === 1 ? {} : { parent: `${id}#${number - 1}` }),
  });
}

/** The versions 1 to `count` of a prompt. */
export function versions(id: string, count: number): readonly Candidate[] {
  return Array.from({ length: count }, (_, at) => version(id, at + 1));
}

/** How a version did in an evaluation: it passed. */
export const evaluation: Evaluation = {
  pass: true,
  suiteHash: "5".repeat(64),
  model: "claude-sonnet",
  provider: "keyword",
  cases: 100,
  passed: 94,
  accuracy: 0.94,
  low: 0.875,
  high: 0.972,
  inputTokens: 12_000,
  outputTokens: 100,
  costUsd: null,
  commit: null,
};

/** The commit that {@link candidate} gives a ref. */
export function commitOf(id: string, version: number): string {
  return sha256(`${id}#${version}`).slice(0, 40);
}

/** The event that pins `live` to versions of {@link version}, each with its weight. */
export function pinTo(id: string, ...shares: readonly (readonly [number, number])[]): Draft {
  const marks = shares.map(([number, weight]) => {
    const { definition } = version(id, number);
    return { version: number, contentHash: contentHash(definition), weight };
  });
  return { type: "PromptPinned", data: { channel: "live", versions: marks, rollback: false, forced: false } };
}
