import { type Candidate, type PromptDefinition, type Source, sha256 } from "@promptops/core/domain";

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

/** The versions `from` to `to` of one prompt, each made from the one before. */
export function versions(id: string, from: number, to: number): readonly Candidate[] {
  return Array.from({ length: to - from + 1 }, (_, at) => {
    const version = from + at;
    return candidate({
      id,
      version,
      template: `Text of version ${version}: {{message}}`,
      ...(version === 1 ? {} : { parent: `${id}#${version - 1}` }),
    });
  });
}

/** The commit that {@link candidate} gives a ref. */
export function commitOf(id: string, version: number): string {
  return sha256(`${id}#${version}`).slice(0, 40);
}
