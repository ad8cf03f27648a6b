import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPrompts } from "../prompts/load.ts";
import { loadModels, modelsJson } from "./models.ts";
import { loadSettings } from "./settings.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "promptops-reserved-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function put(file: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), content);
}

function prompt(id: string, model: string): string {
  return `id: ${id}\nversion: 1\nowner: team\nmodel: ${model}\ntags: []\ntemplate: Hello.\n`;
}

const MODELS = "prompts/models.yaml";
const SETTINGS = "prompts/settings.yaml";

describe("loadModels", () => {
  it("gives each model by the name that prompts use", async () => {
    await put(
      MODELS,
      [
        "large: {provider: bedrock, id: 'anthropic.large-v1:0', price: {input: 3, output: 15.5}}",
        "small 2:",
        "  provider: openai",
        "  id: small-2",
      ].join("\n"),
    );
    const { models, diagnostics } = await loadModels(root);
    expect(diagnostics).toEqual([]);
    expect([...(models ?? [])]).toEqual([
      ["large", { provider: "bedrock", id: "anthropic.large-v1:0", price: { input: 3, output: 15.5 } }],
      ["small 2", { provider: "openai", id: "small-2" }],
    ]);
  });

  it("gives what can be written as JSON", async () => {
    await put(MODELS, "small 2: {provider: openai, id: 'a\"b'}\nlarge: {provider: anthropic, id: c}\n");
    const { models } = await loadModels(root);
    expect(JSON.parse(modelsJson(models ?? new Map()))).toEqual({
      "small 2": { provider: "openai", id: 'a"b' },
      large: { provider: "anthropic", id: "c" },
    });
  });

  it("gives none where there is no such file", async () => {
    expect(await loadModels(root)).toEqual({ models: undefined, diagnostics: [] });
  });

  it.each<[string, string, readonly string[]]>([
    ["no provider", "a: {id: b}", ["1:1-2 missing-field"]],
    ["a provider there is not", "a: {provider: bedrok, id: b}", ["1:15-21 invalid-value"]],
    ["an id that is a number", "a: {provider: openai, id: 4}", ["1:27-28 wrong-type"]],
    ["a price in part", "a: {provider: openai, id: b, price: {input: 1}}", ["1:30-35 missing-field"]],
    [
      "a price below nothing",
      "a: {provider: openai, id: b, price: {input: -1, output: 2}}",
      ["1:45-47 invalid-value"],
    ],
    ["a field there is not", "a: {provider: openai, id: b, prise: {}}", ["1:30-35 unknown-field"]],
    ["a name that is empty", '"": {provider: openai, id: b}', ["1:1-3 key-type"]],
    ["a model twice", "a: {provider: openai, id: b}\na: {provider: openai, id: c}", ["2:1-2 duplicate-key"]],
    ["a list", "- a\n", ["1:1-4 not-a-mapping"]],
    ["nothing", "# later\n", ["1:1 empty-file"]],
    [
      "several problems",
      "a: {id: 1}\nb: {provider: x, id: y}",
      ["1:1-2 missing-field", "1:9-10 wrong-type", "2:15-16 invalid-value"],
    ],
  ])("reports %s, and gives none", async (_, text, expected) => {
    await put(MODELS, text);
    const { models, diagnostics } = await loadModels(root);
    expect(
      diagnostics.map(
        ({ line, column, endColumn, code }) => `${line}:${column}${endColumn ? `-${endColumn}` : ""} ${code}`,
      ),
    ).toEqual(expected);
    expect(diagnostics.every(({ file }) => file === MODELS)).toBe(true);
    expect(models).toBeUndefined();
  });

  it("says what was meant", async () => {
    await put(MODELS, "a: {provider: bedrok, id: b, prise: {input: 1, output: 2}}");
    const { diagnostics } = await loadModels(root);
    expect(diagnostics.map(({ problem, hint }) => [problem, hint])).toEqual([
      ['"a.provider" is the text "bedrok"', 'Did you mean "bedrock"?'],
      ['"prise" is not a field of "a"', 'Did you mean "price"?'],
    ]);
  });

  it("does not follow a link", async () => {
    await put("models.yaml", "a: {provider: openai, id: b}");
    await mkdir(join(root, "prompts"));
    await symlink("../models.yaml", join(root, MODELS));
    const { models, diagnostics } = await loadModels(root);
    expect(models).toBeUndefined();
    expect(diagnostics).toMatchObject([{ file: MODELS, code: "symbolic-link" }]);
  });
});

describe("loadSettings", () => {
  it("gives the channels that require an evaluation", async () => {
    await put(
      SETTINGS,
      "channels: {live: {requires_evaluation: true}, beta: {requires_evaluation: false}, a: {}, eu: {requires_evaluation: true}}",
    );
    expect(await loadSettings(root)).toEqual({ settings: { gates: ["live", "eu"] }, diagnostics: [] });
  });

  it("gives none where there is no such file, or nothing of channels in it", async () => {
    expect(await loadSettings(root)).toEqual({ settings: { gates: [] }, diagnostics: [] });
    await put(SETTINGS, "{}");
    expect(await loadSettings(root)).toEqual({ settings: { gates: [] }, diagnostics: [] });
  });

  it.each<[string, string, string | undefined]>([
    ["channel: {}", "1:1 unknown-field", 'Did you mean "channels"?'],
    [
      "channels: {live: {require_evaluation: true}}",
      "1:19 unknown-field",
      'Did you mean "requires_evaluation"?',
    ],
    ["channels: {live: {requires_evaluation: yes}}", "1:40 ambiguous-word", undefined],
    ["channels: {live: true}", "1:18 wrong-type", undefined],
    ["channels: [live]", "1:11 wrong-type", "For example: channels: {live: {requires_evaluation: true}}"],
  ])("reports %s", async (text, place, hint) => {
    await put(SETTINGS, text);
    const { settings, diagnostics } = await loadSettings(root);
    expect(diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([place]);
    if (hint !== undefined) expect(diagnostics[0]?.hint).toBe(hint);
    expect(settings.gates).toEqual([]);
  });
});

describe("loadPrompts with models and settings", () => {
  it("reports a model that is not among them, at its place", async () => {
    await put(MODELS, "large: {provider: openai, id: l}\nsmall-2: {provider: openai, id: s}\n");
    await put("prompts/a/b.yaml", prompt("a.b", "smal-2"));
    await put("prompts/a/c.yaml", prompt("a.c", "something-else"));
    await put("prompts/a/d.yaml", prompt("a.d", "large"));
    const { prompts, diagnostics } = await loadPrompts(root);
    expect(prompts.map(({ file }) => file)).toEqual(["prompts/a/d.yaml"]);
    expect(diagnostics).toMatchObject([
      {
        file: "prompts/a/b.yaml",
        line: 4,
        column: 8,
        endColumn: 14,
        code: "unknown-model",
        problem: '"smal-2" is not in prompts/models.yaml',
        expected: "one of large, small-2",
        hint: 'Did you mean "small-2"?',
      },
      { file: "prompts/a/c.yaml", line: 4, code: "unknown-model" },
    ]);
  });

  it("takes any model where there is no list, or none that can be read", async () => {
    await put("prompts/a/b.yaml", prompt("a.b", "anything"));
    expect((await loadPrompts(root)).diagnostics).toEqual([]);
    await put(MODELS, "a: 1");
    const { prompts, diagnostics } = await loadPrompts(root);
    expect(prompts).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ file: MODELS, code: "wrong-type" }]);
  });

  it("reports what is wrong with models and settings", async () => {
    await put(MODELS, "a: {provider: openai}\n");
    await put(SETTINGS, "chanels: {}\n");
    expect((await loadPrompts(root)).diagnostics).toMatchObject([
      { file: MODELS, line: 1, column: 1, code: "missing-field" },
      { file: SETTINGS, line: 1, column: 1, code: "unknown-field" },
    ]);
  });
});
