import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parsePrompt } from "../prompts/parse-prompt.ts";
import { jsonSchemas, SCHEMAS_FOLDER } from "./json-schemas.ts";

/** As much of a JSON Schema as is looked at here. */
interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly items?: Schema | boolean;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, formats: { date: true } });
const validators = new Map([...jsonSchemas()].map(([name, schema]) => [name, ajv.compile(schema)]));

function accepts(name: string, text: string): boolean {
  const validate = validators.get(name);
  if (validate === undefined) throw new Error(`no ${name}`);
  return validate(parse(text));
}

describe("the schemas in the folder for editors", () => {
  it.each([...jsonSchemas()])("%s is what `npm run schemas` makes", (name, schema) => {
    expect(JSON.parse(readFileSync(new URL(name, SCHEMAS_FOLDER), "utf8"))).toEqual(schema);
  });

  it("are no more than these", () => {
    expect(readdirSync(SCHEMAS_FOLDER).toSorted()).toEqual([...jsonSchemas().keys()].toSorted());
  });

  it.each([...jsonSchemas()])("%s describes every field", (_, schema) => {
    const top = schema as Schema;
    const bare: string[] = [];
    const visit = (at: Schema | boolean, path: string) => {
      if (typeof at === "boolean") return;
      for (const [field, each] of Object.entries(at.properties ?? {})) {
        const meant = each.$ref === undefined ? each : top.definitions?.[each.$ref.replace(/.*\//, "")];
        if (!meant?.description) bare.push(`${path}.${field}`);
      }
      const inner = [at.properties, at.definitions, { items: at.items, values: at.additionalProperties }];
      for (const [key, each] of inner.flatMap((group) => Object.entries(group ?? {}))) {
        if (each !== undefined) visit(each, `${path}.${key}`);
      }
      for (const each of [...(at.anyOf ?? []), ...(at.allOf ?? [])]) visit(each, path);
    };
    visit(top, "");
    expect(bare).toEqual([]);
  });
});

describe("prompt.schema.json", () => {
  const fields: Readonly<Record<string, string>> = {
    id: "id: a.b",
    version: "version: 2",
    owner: "owner: team",
    model: "model: m",
    tags: "tags: [one]",
    template: "template: Hello.",
  };
  const prompt = (changes: Readonly<Record<string, string | undefined>> = {}) =>
    `${Object.values({ ...fields, ...changes })
      .filter((line) => line !== undefined)
      .join("\n")}\n`;
  const isRight = (text: string) =>
    parsePrompt("prompts/a/b.yaml", Buffer.from(text)).definition !== undefined;

  it.each([
    ["the fields that are needed", prompt()],
    [
      "messages",
      prompt({
        template: undefined,
        messages: "messages: [{role: system, content: a}, {role: user, content: b}]",
      }),
    ],
    ["a parent of another prompt", prompt({ parent: "parent: other.prompt#3" })],
    ["a parent of its own", prompt({ parent: "parent: 1" })],
    [
      "everything else",
      prompt({
        template: "template: '{{name}}'",
        description: "description: What it does.",
        metrics: "metrics: {baseline_accuracy: 0.9, own: 3}",
        variables: "variables: {name: {type: string, default: you, description: Who}}",
        parameters: "parameters: {temperature: 0, max_tokens: 5, stop_sequences: [END]}",
        output:
          "output: {type: [object, 'null'], properties: {a: {type: string}, b: true}, required: [a], x: 1}",
        created: "created: 2026-04-15",
      }),
    ],
  ])("takes %s, as validation does", (_, text) => {
    expect(accepts("prompt.schema.json", text)).toBe(true);
    expect(isRight(text)).toBe(true);
  });

  it.each([
    ["no id", prompt({ id: undefined })],
    ["an id in capitals", prompt({ id: "id: a.B" })],
    ["an id of one part", prompt({ id: "id: a" })],
    ["a version as text", prompt({ version: 'version: "2"' })],
    ["version 0", prompt({ version: "version: 0" })],
    ["an empty owner", prompt({ owner: 'owner: ""' })],
    ["tags as text", prompt({ tags: "tags: one" })],
    ["no text", prompt({ template: undefined })],
    ["both texts", prompt({ messages: "messages: [{role: user, content: b}]" })],
    ["a role there is not", prompt({ template: undefined, messages: "messages: [{role: usr, content: b}]" })],
    ["a parent without a version", prompt({ parent: "parent: other.prompt" })],
    ["a field there is not", prompt({ extra: "ownr: a" })],
    ["a parameter there is not", prompt({ parameters: "parameters: {max_token: 1}" })],
    ["a temperature too high", prompt({ parameters: "parameters: {temperature: 2.1}" })],
    ["a metric below 0", prompt({ metrics: "metrics: {own: -1}" })],
    ["a variable no template can use", prompt({ variables: "variables: {a-b: {type: string}}" })],
    ["a variable without a type", prompt({ variables: "variables: {a: {}}" })],
    ["an output of no type there is", prompt({ output: "output: {type: text}" })],
    ["an output wrong further in", prompt({ output: "output: {items: {properties: {a: {type: 3}}}}" })],
    ["includes without a version", prompt({ includes: "includes: [shared.tone]" })],
    ["a date there is not", prompt({ created: "created: 2026-02-30" })],
  ])("refuses %s, as validation does", (_, text) => {
    expect(accepts("prompt.schema.json", text)).toBe(false);
    expect(isRight(text)).toBe(false);
  });
});

describe("models.schema.json and settings.schema.json", () => {
  it.each([
    ["models.schema.json", "a: {provider: openai, id: b, price: {input: 1, output: 2.5}}", true],
    ["models.schema.json", "a: {provider: bedrok, id: b}", false],
    ["models.schema.json", "a: {provider: openai, id: b, price: {input: 1}}", false],
    ["settings.schema.json", "channels: {live: {requires_evaluation: true}}", true],
    ["settings.schema.json", "channels: {live: {requires_evaluation: 1}}", false],
    ["settings.schema.json", "channel: {}", false],
  ])("%s, %s: %s", (name, text, expected) => {
    expect(accepts(name, text)).toBe(expected);
  });
});

describe("this repository's own files", () => {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const yamlFiles = (folder: string) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".yaml") && !file.startsWith("recordings"))
      .map((file) => `${folder}/${file}`);

  it.each([...yamlFiles("prompts"), ...yamlFiles("evals")])("%s fits its schema", (file) => {
    const reserved = /^prompts\/(models|settings)\.yaml$/.exec(file)?.[1];
    const kind = reserved ?? (file.startsWith("evals/") ? "suite" : "prompt");
    expect(accepts(`${kind}.schema.json`, readFileSync(`${root}${file}`, "utf8"))).toBe(true);
  });
});
