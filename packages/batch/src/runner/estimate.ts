import { costOf, findModel, type Prompt, UserError } from "@promptops/core";

/** Characters of English and of JSON for one token, roughly. */
const CHARACTERS_PER_TOKEN = 4;
/** Tokens of an answer where the prompt sets no `max_tokens`. */
const OUTPUT_TOKENS = 256;

/** How {@link Estimator} estimates, in words. */
export const ESTIMATE =
  "input tokens: the characters of the rendered prompt and of the record as JSON, divided by 4; output tokens: the prompt's max_tokens, else 256; prices: models.yaml";

/** What a call for a record may take, before it is made: one call of the first prompt for each record. */
export class Estimator {
  readonly #prompt: Prompt;
  readonly #output: number;

  constructor(prompt: Prompt) {
    this.#prompt = prompt;
    const { max_tokens: most } = prompt.parameters ?? {};
    this.#output = typeof most === "number" ? most : OUTPUT_TOKENS;
  }

  inputTokens(record: unknown): number {
    const characters = this.#promptLength(record) + (JSON.stringify(record)?.length ?? 0);
    return Math.ceil(characters / CHARACTERS_PER_TOKEN);
  }

  get outputTokens(): number {
    return this.#output;
  }

  tokens(record: unknown): number {
    return this.inputTokens(record) + this.#output;
  }

  /** US dollars; null when the model has no price. */
  cost(record: unknown): number | null {
    const model = findModel(this.#prompt.model);
    return model === undefined ? null : costOf(model, this.inputTokens(record), this.#output);
  }

  /** @throws UserError `no-price`. */
  requirePrice(): void {
    if (this.cost(undefined) !== null) return;
    const { id, model } = this.#prompt;
    throw new UserError("no-price", `nothing says what ${model} costs, the model of ${id}`, {
      hint: "Give it a price in prompts/models.yaml, or leave --max-cost out.",
      facts: { model },
    });
  }

  #promptLength(record: unknown): number {
    const { variables = {}, template, messages } = this.#prompt;
    const values = Object.fromEntries(
      Object.entries((record ?? {}) as Record<string, string>).filter(([name]) =>
        Object.hasOwn(variables, name),
      ),
    );
    try {
      const rendered = this.#prompt.render(values);
      return lengthOf(rendered.text, rendered.messages);
    } catch {
      // The job fills the prompt in from something else; its text alone is most of it.
      return lengthOf(template, messages);
    }
  }
}

function lengthOf(
  text: string | undefined,
  messages: readonly { readonly content: string }[] | undefined,
): number {
  return text?.length ?? (messages ?? []).reduce((sum, { content }) => sum + content.length, 0);
}
