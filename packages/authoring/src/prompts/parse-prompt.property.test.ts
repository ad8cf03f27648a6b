import { isDeepStrictEqual } from "node:util";
import { contentHash, formatRef, type PromptDefinition, type Variable } from "@promptops/core/domain";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDocument, stringify } from "yaml";
import { parsePrompt } from "./parse-prompt.ts";
import { fileOf } from "./prompt-path.ts";

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const hyphenated = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));
const id = fc.array(hyphenated, { minLength: 2, maxLength: 4 }).map((parts) => parts.join("."));

/** Text that a file can carry: no control characters, no halves of characters; it may look like anything else. */
const text = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom("a", " ", "\n", "\t", ":", "#", "'", '"', "\\", "{", "}", "-", "é", "日", "😀"),
      maxLength: 80,
    }),
    fc.constantFrom(
      "no",
      "1",
      "2.0",
      "null",
      "~",
      "2026-01-01",
      "<<",
      "%a",
      "&a",
      "*a",
      "!a",
      "---",
      "...",
      "0x1",
      ".inf",
    ),
  )
  .filter((value) => value.trim() !== "" && !/(?![\t\n])\p{Cc}/u.test(value));
/** Text in which no braces are a template's. */
const literal = text.map((value) => value.replaceAll(/\{(?=\{)/g, "{ "));
const line = text
  .map((value) => value.replaceAll(/\s+/g, " ").trim())
  .filter((value) => value !== "" && value.length <= 100);
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,11}$/).filter((value) => value !== "__proto__");
const amount = fc
  .double({ min: 0, max: 1e9, noNaN: true })
  .map((value) => (Number.isInteger(value) ? value + 0.5 : value));
const json = fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" }).filter((value) => isCarried(value));

function isCarried(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value === "string") return !/(?![\t\n\r])\p{Cc}/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(
    ([key, each]) =>
      /^[^\s\p{Cc}](?:.*[^\s])?$/u.test(key) &&
      key.length <= 200 &&
      key !== "__proto__" &&
      isCarried(`${key}`) &&
      isCarried(each),
  );
}

const variable: fc.Arbitrary<Variable> = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constant("string" as const) }),
      fc.record({ type: fc.constant("string" as const), default: literal }),
      fc.record({ type: fc.constant("number" as const), default: fc.integer() }),
      fc.record({ type: fc.constant("boolean" as const), default: fc.boolean() }),
    ),
    fc.boolean(),
    fc.option(text, { nil: undefined }),
  )
  .map(([typed, required, description]) => ({
    ...typed,
    required: "default" in typed ? false : required,
    ...(description !== undefined && { description }),
  }));

const definition: fc.Arbitrary<PromptDefinition> = fc
  .record(
    {
      id,
      version: fc.integer({ min: 2, max: 999_999_999 }),
      owner: line,
      model: line,
      tags: fc.uniqueArray(line, { maxLength: 4 }),
      parent: fc
        .tuple(id, fc.integer({ min: 1, max: 1 }))
        .map(([of, version]) => formatRef({ id: of, version })),
      description: text,
      metrics: fc
        .dictionary(name, amount, { minKeys: 1, maxKeys: 4 })
        .map(({ baseline_accuracy: _, ...others }) => ({
          ...others,
          cost_per_call_usd: 0.01,
          baseline_accuracy: 0.5,
        })),
      variables: fc
        .dictionary(name, variable, { minKeys: 1, maxKeys: 4 })
        .filter((all) => !("__proto__" in all && Object.hasOwn(all, "__proto__"))),
      parameters: fc.record({
        temperature: fc.double({ min: 0, max: 2, noNaN: true }),
        max_tokens: fc.nat().map((n) => n + 1),
      }),
      output: fc.dictionary(
        name.map((each) => `x-${each}`),
        json,
        { maxKeys: 4 },
      ),
    },
    { requiredKeys: ["id", "version", "owner", "model", "tags"] },
  )
  .chain((fields) => {
    const uses = Object.keys(fields.variables ?? {}).map((each) => `{{${each}}}`);
    const body = fc.tuple(literal, literal).map(([before, after]) => `${before} ${uses.join(" ")} ${after}`);
    return fc.oneof(
      body.map((template) => ({ ...fields, template }) as PromptDefinition),
      fc.tuple(body, literal).map(
        ([content, more]) =>
          ({
            ...fields,
            messages: [
              { role: "system", content },
              { role: "user", content: more },
            ],
          }) as PromptDefinition,
      ),
    );
  });

const style = fc.record({
  lineWidth: fc.constantFrom(0, 30, 80),
  defaultStringType: fc.constantFrom(
    "PLAIN",
    "QUOTE_DOUBLE",
    "QUOTE_SINGLE",
    "BLOCK_FOLDED",
    "BLOCK_LITERAL",
  ),
  collectionStyle: fc.constantFrom("any", "flow"),
  indent: fc.constantFrom(2, 4),
});

/** The `yaml` package leaves words bare that older YAML reads as booleans; prompt files must quote them. */
function write(value: unknown, options: object): string {
  return stringify(value, { ...options, compat: "yaml-1.1", aliasDuplicateObjects: false }).toWellFormed();
}

function readAlone(written: string): unknown {
  const document = parseDocument(written);
  return document.errors.length > 0 ? undefined : plain(document.toJS());
}

/** As a value goes through JSON: no minus zero, no undefined. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

describe("any definition", () => {
  it("written as YAML, in any style and with either line end, loads back the same", () => {
    fc.assert(
      fc.property(definition, style, fc.constantFrom("\n", "\r\n"), (defined, options, lineEnd) => {
        const unix = write(defined, options);
        // The package's writer has faults of its own: it does not always read back what it wrote.
        fc.pre(isDeepStrictEqual(readAlone(unix), plain(defined)));
        const written = unix.replaceAll("\n", lineEnd);
        const { definition: loaded, diagnostics } = parsePrompt(fileOf(defined.id), Buffer.from(written));
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(loaded).toEqual(plain(defined));
        expect(loaded && contentHash(loaded)).toBe(contentHash(plain(defined)));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the place of a template's problem", () => {
  it("is where the braces are, in whatever style the text is written", () => {
    const separator = fc.constantFrom(" ", "\n", "\n\n", " \n  ", "'", '"', "\\n ", ": ", " é日😀 ");
    const body = fc.array(
      fc.tuple(fc.oneof(word, fc.constant("{{bad name}}"), fc.constant("{{undeclared}}")), separator),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(body, style, (pieces, options) => {
        const template = `start ${pieces.flat().join("")} end`;
        const expected = template.match(/\{\{/g)?.length ?? 0;
        const fields = { id: "a.b", version: 1, owner: "o", model: "m", tags: [], template };
        const file = write(fields, options);
        fc.pre(isDeepStrictEqual(readAlone(file), fields));
        const { diagnostics } = parsePrompt("prompts/a/b.yaml", Buffer.from(file));
        expect(diagnostics).toHaveLength(expected);
        for (const { line: at, column } of diagnostics) {
          expect(file.split("\n")[at - 1]?.slice(column - 1)).toMatch(/^\{(?:\{|\\$)/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("any bytes", () => {
  const seed = Buffer.from(
    write(
      {
        id: "a.b",
        version: 1,
        owner: "o",
        model: "m",
        tags: ["x", "y"],
        variables: { tone: { type: "string", default: "kind" } },
        template: "line one {{tone}}\n  line 'two' \\{{ {{x}}\n",
      },
      {},
    ),
  );
  const damaged = fc
    .array(
      fc.tuple(
        fc.nat(seed.length),
        fc.nat(6),
        fc.oneof(
          fc.uint8Array({ maxLength: 6 }),
          text.map((each) => Buffer.from(each)),
        ),
      ),
      { maxLength: 6 },
    )
    .map((edits) =>
      edits.reduce(
        (bytes, [at, cut, put]) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]),
        seed,
      ),
    );
  const yamlLike = fc
    .string({
      unit: fc.constantFrom(
        "a",
        "b",
        "{{a}}",
        "{a: b}",
        "[a, b]",
        "id: a.b\n",
        "template: ",
        "tags: ",
        "variables: ",
        "{{",
        ": ",
        ":",
        "- ",
        "\n",
        "\n  ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "|",
        ">",
        "&a ",
        "*a",
        "!!x ",
        "? ",
        "#",
        "%",
        "---\n",
        "...\n",
        "\\",
        ",",
        "<<",
        "1",
        "\r",
        "\r\n",
        "\uFEFF",
        "é",
      ),
      maxLength: 60,
    })
    .map((each) => Buffer.from(each));

  it("never throw, and each problem lies inside the file", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
          damaged,
          yamlLike,
        ),
        (bytes) => {
          const { definition: loaded, diagnostics } = parsePrompt("prompts/a/b.yaml", bytes);
          const lines = bytes
            .toString("utf8")
            .replace(/^\uFEFF/, "")
            .replaceAll("\r\n", "\n")
            .split("\n");
          expect(loaded === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
          for (const { line: at, column, endColumn = column + 1, excerpt } of diagnostics) {
            const length = lines[at - 1]?.length ?? -1;
            expect(column).toBeGreaterThanOrEqual(1);
            expect(column).toBeLessThanOrEqual(length + 1);
            expect(endColumn).toBeGreaterThan(column);
            if (excerpt)
              expect(excerpt.text.slice(excerpt.column - 1, excerpt.column)).toBe(
                lines[at - 1]?.charAt(column - 1),
              );
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
