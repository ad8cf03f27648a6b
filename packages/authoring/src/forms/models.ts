import type { Model } from "@promptops/core/domain";
import * as z from "zod";
import type { Diagnostic } from "../diagnostics/diagnostics.ts";
import { MODELS_FILE } from "../prompts/prompt-path.ts";
import { expectations, type FileForm, oneLine } from "./file-form.ts";
import { readReservedFile } from "./reserved-file.ts";

function dollars(about: string) {
  return z
    .number()
    .min(0, "is below 0")
    .register(expectations, { about, expected: "US dollars for a million tokens, such as 3" });
}

const model = z.strictObject({
  provider: z.enum(["anthropic", "bedrock", "openai"]).register(expectations, {
    about: "Whose API answers",
    expected: "anthropic, bedrock or openai",
    example: "provider: bedrock",
  }),
  id: oneLine(200).register(expectations, {
    about: "The provider's own id of the model, or of an inference profile",
    expected: "the provider's own id, one line of at most 200 characters",
    example: "id: claude-haiku-4-5-20251001",
  }),
  price: z
    .strictObject({
      input: dollars("What a million tokens of input cost"),
      output: dollars("What a million tokens of output cost"),
    })
    .register(expectations, {
      about: "What tokens cost; without it no cost is worked out",
      expected: "input and output, in US dollars for a million tokens",
      example: "price: {input: 3, output: 15}",
    })
    .optional(),
});

const schema = z.record(
  oneLine(200).register(expectations, {
    expected: "a model's name as prompts use it, one line of at most 200 characters",
  }),
  model.register(expectations, {
    about: "The model behind a name that prompts use",
    expected: "provider and id, and price where costs matter",
    example: "{provider: anthropic, id: claude-haiku-4-5-20251001}",
  }),
);

/** What `prompts/models.yaml` may hold. */
export const modelsForm: FileForm<z.infer<typeof schema>> = { schema, called: "the list of models" };

export interface LoadedModels {
  /** By the names that prompts use. Absent where there is no such file, and where it has an error. */
  readonly models: ReadonlyMap<string, Model> | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads `root/prompts/models.yaml`. Nothing that it holds makes it throw.
 *
 * @example
 * const { models } = await loadModels(".");
 * models?.get("claude-haiku-4-5"); // { provider: "bedrock", id: "…", price: { input: 1, output: 5 } }
 */
export async function loadModels(root: string): Promise<LoadedModels> {
  const { fields, diagnostics } = readReservedFile(
    root,
    MODELS_FILE,
    modelsForm,
    "names, each with provider and id",
  );
  const models = fields && new Map(Object.entries(fields).map(([name, each]) => [name, toModel(each)]));
  return { models, diagnostics };
}

/** The models as the client's `findModel` reads them: the JSON file that `PROMPTOPS_MODELS` names. */
export function modelsJson(models: ReadonlyMap<string, Model>): string {
  return `${JSON.stringify(Object.fromEntries(models), null, 2)}\n`;
}

function toModel({ provider, id, price }: z.infer<typeof model>): Model {
  return { provider, id, ...(price && { price }) };
}
