import type { GraderSpec, JsonObject, JsonValue } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { prepareGrader } from "./prepare-grader.ts";

async function grade(spec: GraderSpec, expected: JsonValue | undefined, answer: string, output?: JsonObject) {
  const grader = await prepareGrader(spec, output === undefined ? {} : { output }, undefined);
  return grader(expected, "input")(answer, new AbortController().signal);
}

type Case = readonly [spec: GraderSpec, expected: JsonValue | undefined, answer: string, pass: boolean];

const number = { type: "number" } as const;

const CASES: readonly Case[] = [
  [{ type: "exact" }, "billing", " billing\n", true],
  [{ type: "exact" }, "billing", "Billing", false],
  [{ type: "exact", caseSensitive: false }, "billing", "BILLING", true],
  [{ type: "exact" }, "billing", "billing.", false],
  [{ type: "exact" }, 42, "42", true],
  [{ type: "exact" }, true, "true", true],
  [{ type: "exact" }, "", " ", true],
  [{ type: "one_of" }, ["billing", "sales"], "sales", true],
  [{ type: "one_of" }, ["billing", "sales"], "Sales", false],
  [{ type: "one_of", caseSensitive: false }, ["billing", "sales"], "Sales", true],
  [{ type: "one_of" }, ["billing", "sales"], "billing sales", false],
  [{ type: "one_of" }, [1, 2], "2", true],
  [{ type: "contains" }, "refund", "A refund is due.", true],
  [{ type: "contains" }, "Refund", "A refund is due.", false],
  [{ type: "contains", caseSensitive: false }, "Refund", "A refund is due.", true],
  [{ type: "regex", pattern: "^\\d{3}$" }, undefined, " 123 ", true],
  [{ type: "regex", pattern: "^\\d{3}$" }, undefined, "1234", false],
  [{ type: "regex" }, "^bill", "billing", true],
  [{ type: "regex", flags: "i" }, "^bill", "Billing", true],
  [{ type: "json_schema", schema: number }, undefined, "4.5", true],
  [{ type: "json_schema", schema: number }, undefined, "```json\n4.5\n```", true],
  [{ type: "json_schema", schema: number }, undefined, "```\n4.5```", true],
  [{ type: "json_schema", schema: number }, undefined, "Here: 4.5", false],
  [{ type: "json_schema", schema: number }, undefined, '"4.5"', false],
  [{ type: "json_schema", schema: { type: "object" } }, { a: [1], b: 2 }, '{"b": 2, "a": [1]}', true],
  [{ type: "json_schema", schema: { type: "object" } }, { a: [1], b: 2 }, '{"b": 2, "a": [2]}', false],
  [
    { type: "json_schema", schema: { $schema: "http://json-schema.org/draft-07/schema#", const: 1 } },
    undefined,
    "1",
    true,
  ],
  [{ type: "json_schema", schema: { prefixItems: [{ const: 1 }] } }, undefined, "[2]", false],
  [
    { type: "json_schema", schema: { prefixItems: [{ pattern: "^a+$" }, { pattern: "^b+$" }] } },
    undefined,
    '["aa", "bb"]',
    true,
  ],
  [
    { type: "json_schema", schema: { prefixItems: [{ pattern: "^a+$" }, { pattern: "^b+$" }] } },
    undefined,
    '["aa", "aa"]',
    false,
  ],
  [{ type: "numeric" }, 42, "42.0", true],
  [{ type: "numeric" }, 42, "42.01", false],
  [{ type: "numeric" }, "1,234.5", "1234.5", true],
  [{ type: "numeric" }, 1234.5, "1,234.50", true],
  [{ type: "numeric" }, 1234.5, "12,34.50", false],
  [{ type: "numeric" }, 1200, "1.2e3", true],
  [{ type: "numeric", absolute: 0.1 }, 1, "1.1", true],
  [{ type: "numeric", absolute: 0.1 }, 1, "1.11", false],
  [{ type: "numeric", relative: 0.05 }, -200, "-190", true],
  [{ type: "numeric", relative: 0.05 }, -200, "-189", false],
  [{ type: "numeric", absolute: 1, relative: 0.5 }, 10, "14", true],
  [{ type: "numeric", absolute: 1 }, 42, "about 42", false],
  [{ type: "numeric", absolute: 1 }, 42, "", false],
  [{ type: "numeric", absolute: 1 }, 42, "1e999", false],
  [{ type: "edit_distance", atLeast: 0.8 }, "kitten fur", "kitten for", true],
  [{ type: "edit_distance", atLeast: 0.9 }, "kitten fur", "kitten for", true],
  [{ type: "edit_distance", atLeast: 0.91 }, "kitten fur", "kitten for", false],
  [{ type: "edit_distance", atLeast: 1 }, "", " ", true],
];

describe("graders", () => {
  it.each(CASES)("%j, expected %j: %j is right: %j", async (spec, expected, answer, pass) => {
    expect((await grade(spec, expected, answer)).pass).toBe(pass);
  });

  it.each<readonly [GraderSpec, JsonValue | undefined]>([
    [{ type: "exact" }, undefined],
    [{ type: "exact" }, ["billing"]],
    [{ type: "one_of" }, "billing"],
    [{ type: "one_of" }, []],
    [{ type: "one_of" }, [{ a: 1 }]],
    [{ type: "contains" }, " "],
    [{ type: "regex" }, null],
    [{ type: "numeric" }, "many"],
    [{ type: "edit_distance", atLeast: 1 }, { a: 1 }],
  ])("%j does not take %j as expected, before there is an answer", async (spec, expected) => {
    const grader = await prepareGrader(spec, {}, undefined);
    expect(() => grader(expected, "input")).toThrow(expect.objectContaining({ code: "wrong-expected" }));
  });

  it("say what was expected and what came, on one line", async () => {
    expect(await grade({ type: "exact" }, "billing", "I think:\nsales")).toEqual({
      pass: false,
      score: 0,
      reason: 'expected "billing", got "I think: sales"',
    });
    expect((await grade({ type: "exact" }, "billing", " ")).reason).toBe('expected "billing", got nothing');
  });

  it("score how close an answer is", async () => {
    expect((await grade({ type: "edit_distance", atLeast: 1 }, "kitten", "sitting")).score).toBeCloseTo(
      4 / 7,
    );
  });

  it("do not compare texts that would take minutes", async () => {
    const long = "ab".repeat(20_000);
    await expect(grade({ type: "edit_distance", atLeast: 1 }, long, `b${long}`)).rejects.toMatchObject({
      code: "answer-too-long",
    });
  });

  it("check against the prompt's output where the suite has no schema", async () => {
    expect((await grade({ type: "json_schema" }, undefined, "4", number)).pass).toBe(true);
    expect(await grade({ type: "json_schema" }, undefined, '{"a": "b"}', number)).toMatchObject({
      pass: false,
      reason: 'the answer must be number, in "{"a": "b"}"',
    });
  });

  it.each<readonly [string, GraderSpec]>([
    ["no-schema", { type: "json_schema" }],
    ["bad-schema", { type: "json_schema", schema: { type: "text" } }],
    ["bad-schema", { type: "json_schema", schema: { $ref: "https://example.com/other.json" } }],
    ["bad-pattern", { type: "regex", pattern: "(" }],
  ])("are refused with %s", async (code, spec) => {
    await expect(prepareGrader(spec, {}, undefined)).rejects.toMatchObject({ code });
  });
});
