import { join } from "node:path";
import type { FindDefinition } from "@promptops/authoring";
import { type Model, type PromptDefinition, type Suite, UserError } from "@promptops/core/domain";
import {
  type Judge,
  keywordProvider,
  openRecordings,
  type Provider,
  recordAnswers,
  replayAnswers,
} from "@promptops/evals";
import { modelProvider } from "@promptops/models";

/** Where answers come from: recordings, the models, or the models with each answer recorded. */
export type AnswerMode = "replay" | "live" | "record";

/** Who answers for prompts, as `prompts/models.yaml` and the suites say. */
export class Answerers {
  readonly #root: string;
  readonly #models: ReadonlyMap<string, Model>;
  readonly #mode: AnswerMode;
  readonly #live = new Map<string, Promise<Provider>>();

  constructor(root: string, models: ReadonlyMap<string, Model>, mode: AnswerMode) {
    this.#root = root;
    this.#models = models;
    this.#mode = mode;
  }

  /** The provider that answers a prompt's suite. */
  async providerFor({ id, model }: PromptDefinition, suite: Suite): Promise<Provider> {
    if (suite.keywords !== undefined) return keywordProvider(suite.keywords);
    const provider = this.#models.get(model)?.provider;
    if (suite.provider !== undefined && provider !== undefined && provider !== suite.provider) {
      throw otherProvider(suite, model, provider);
    }
    return this.#answering(model, id);
  }

  /** The judging prompt of a suite, where it has one, and what answers it. */
  async judgeFor({ grader, promptId }: Suite, find: FindDefinition): Promise<Judge | undefined> {
    if (grader.type !== "judge") return undefined;
    const definition = await find(grader.prompt);
    return definition && { definition, provider: await this.#answering(definition.model, promptId) };
  }

  /** Recordings are kept with the prompt whose suite they are for. */
  async #answering(name: string, promptId: string): Promise<Provider> {
    const model = this.#models.get(name);
    if (model === undefined) throw unknownModel(name);
    const recordings = openRecordings(join(this.#root, "evals", "recordings"), promptId);
    if (this.#mode === "replay") return replayAnswers(model, recordings, promptId);
    // One for all calls of a model, so that they share its rate limit.
    const live = this.#live.get(name) ?? modelProvider(model);
    this.#live.set(name, live);
    return this.#mode === "live" ? live : recordAnswers(model, await live, recordings);
  }
}

function unknownModel(name: string): UserError {
  return new UserError("unknown-model", `nothing says what is behind the model "${name}"`, {
    hint: `Name it in prompts/models.yaml with its provider and id, or give the suite provider: keyword.`,
    facts: { model: name },
  });
}

function otherProvider({ promptId, provider: wanted }: Suite, model: string, actual: string): UserError {
  return new UserError(
    "other-provider",
    `the suite of ${promptId} asks for ${wanted}, and ${model} is ${actual}'s`,
    {
      hint: "Take provider out of the suite, or name another model in the prompt.",
      facts: { promptId, model, wanted, actual },
    },
  );
}
