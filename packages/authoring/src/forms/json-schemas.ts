import type { JsonObject } from "@promptops/core/domain";
import * as z from "zod";
import { promptForm } from "../prompts/prompt-schema.ts";
import { suiteForm } from "../suites/suite-schema.ts";
import { expectations } from "./file-form.ts";
import { modelsForm } from "./models.ts";
import { settingsForm } from "./settings.ts";

/** The folder that the schemas are kept in, for editors. */
export const SCHEMAS_FOLDER = new URL("../../schemas/", import.meta.url);

/** The JSON Schema of each kind of file, by the name of its own file: what an editor needs to complete and check it. */
export function jsonSchemas(): ReadonlyMap<string, JsonObject> {
  return new Map([
    ["prompt.schema.json", { ...jsonSchemaOf(promptForm.schema, "A prompt"), oneOf: TEMPLATE_OR_MESSAGES }],
    ["models.schema.json", jsonSchemaOf(modelsForm.schema, "The models that prompts may name")],
    ["settings.schema.json", jsonSchemaOf(settingsForm.schema, "The settings of a project of prompts")],
    ["suite.schema.json", jsonSchemaOf(suiteForm.schema, "The examples that a prompt is measured by")],
  ]);
}

const TEMPLATE_OR_MESSAGES = [{ required: ["template"] }, { required: ["messages"] }];

function jsonSchemaOf(schema: z.ZodType, title: string): JsonObject {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    // The one that editors know best.
    target: "draft-7",
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const { about, expected, example } = expectations.get(zodSchema) ?? {};
      if (expected === undefined) return;
      const takes = `${capitalised(expected)}.`;
      jsonSchema.description = [about && `${about}.`, takes, example && `Example: ${example}`]
        .filter((part) => part !== undefined)
        .join("\n");
    },
  });
  return { $schema, title, ...rest } as unknown as JsonObject;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
