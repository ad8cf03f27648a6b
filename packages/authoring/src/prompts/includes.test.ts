import { contentHash, type PromptDefinition, parseRef } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { Includes } from "./includes.ts";
import { parsePrompt } from "./parse-prompt.ts";
import { fileOf } from "./prompt-path.ts";

/** A file whose template starts at line 6, column 11. */
function file(ref: string, template: string, ...lines: string[]): readonly [string, string] {
  const { id, version } = parseRef(ref);
  const text = [
    `id: ${id}`,
    `version: ${version}`,
    "owner: team",
    "model: m",
    "tags: []",
    `template: ${template}`,
    ...lines,
  ];
  return [ref, `${text.join("\n")}\n`];
}

const TONE = file("shared.tone#2", '"Be {{tone}}."', "variables: {tone: {type: string}}");

/** Finishes one of the files; `elsewhere` holds what is in none of them. */
async function finish(
  files: readonly (readonly [string, string])[],
  ref: string,
  elsewhere: Readonly<Record<string, PromptDefinition>> = {},
) {
  const texts = new Map(files);
  const asked: string[] = [];
  const parse = (of: string) => {
    const text = texts.get(of);
    return text === undefined ? undefined : parsePrompt(fileOf(parseRef(of).id), Buffer.from(text));
  };
  const includes = new Includes({
    parse,
    find: async (of) => {
      asked.push(of);
      return elsewhere[of];
    },
    missing: (of) => ({ code: "include-missing", problem: `no ${of}` }),
  });
  const parsed = parse(ref);
  if (parsed === undefined) throw new Error(`no ${ref}`);
  const { definition, diagnostics } = await includes.finish(parsed);
  const problems = diagnostics.map(
    ({ line, column, endColumn, code, problem }) => `${line}:${column}-${endColumn} ${code}: ${problem}`,
  );
  return { definition, problems, diagnostics, asked };
}

describe("a prompt that includes others", () => {
  it("has their text in place, and names all of them", async () => {
    const { definition, problems, asked } = await finish(
      [
        TONE,
        file("shared.rules#1", '"Rules. {{> shared.tone#2}}"', "variables: {tone: {type: string}}"),
        file(
          "a.b#3",
          '"{{> shared.tone#2}} {{> shared.rules#1}} {{> shared.tone#2}} {{own}} \\\\{{x}}"',
          "variables: {own: {type: number}, tone: {type: string, default: kind}}",
        ),
      ],
      "a.b#3",
    );
    expect(problems).toEqual([]);
    expect(asked).toEqual([]);
    expect(definition).toEqual({
      id: "a.b",
      version: 3,
      owner: "team",
      model: "m",
      tags: [],
      variables: {
        own: { type: "number", required: true },
        tone: { type: "string", required: false, default: "kind" },
      },
      includes: ["shared.rules#1", "shared.tone#2"],
      template: "Be {{tone}}. Rules. Be {{tone}}. Be {{tone}}. {{own}} \\{{x}}",
    });
  });

  it("has them in messages, too", async () => {
    const [ref, text] = file("a.b#1", "x", "variables: {tone: {type: string}}");
    const messages =
      'messages: [{role: system, content: "{{> shared.tone#2}}"}, {role: user, content: "Hi. {{> shared.tone#2}}"}]';
    const { definition, problems } = await finish(
      [TONE, [ref, text.replace("template: x", messages)]],
      "a.b#1",
    );
    expect(problems).toEqual([]);
    expect(definition?.messages).toEqual([
      { role: "system", content: "Be {{tone}}." },
      { role: "user", content: "Hi. Be {{tone}}." },
    ]);
    expect(definition?.includes).toEqual(["shared.tone#2"]);
  });

  it("has another content hash when they have other text", async () => {
    const includer = file("a.b#1", '"{{> shared.x#1}}"');
    const hashes = await Promise.all(
      ["one", "two"].map(async (text) => {
        const { definition } = await finish([file("shared.x#1", text), includer], "a.b#1");
        return definition && contentHash(definition);
      }),
    );
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).not.toBe(hashes[0]);
  });

  it("takes from elsewhere what is not at hand, and asks for nothing else", async () => {
    const found: PromptDefinition = {
      id: "shared.old",
      version: 1,
      owner: "team",
      model: "m",
      tags: [],
      includes: ["shared.older#7"],
      template: "Old.",
    };
    const includer = file("a.b#1", '"{{> shared.old#1}} {{> shared.x#1}} {{> shared.old#1}}"');
    const { definition, asked } = await finish([includer, file("shared.x#1", "New.")], "a.b#1", {
      "shared.old#1": found,
    });
    expect(definition?.template).toBe("Old. New. Old.");
    expect(definition?.includes).toEqual(["shared.old#1", "shared.older#7", "shared.x#1"]);
    expect(asked).toEqual(["shared.old#1"]);
  });

  it("may include an earlier version of itself", async () => {
    const { definition, problems } = await finish(
      [file("a.b#1", "First."), file("a.b#2", '"{{> a.b#1}} More."')],
      "a.b#2",
    );
    expect(problems).toEqual([]);
    expect(definition?.template).toBe("First. More.");
  });

  it.each([
    ["one that is nowhere", [], "6:12-30 include-missing: no shared.tone#2"],
    [
      "one with messages",
      [["shared.tone#2", TONE[1].replace(/template: .*/, "messages: [{role: user, content: '{{tone}}'}]")]],
      "6:12-30 include-refused: shared.tone#2 holds messages, which cannot be part of a text",
    ],
    [
      "one with errors",
      [["shared.tone#2", TONE[1].replace("owner: team\n", "")]],
      "6:12-30 include-refused: shared.tone#2 has errors of its own",
    ],
    [
      "a text that changes the variable after it",
      [file("shared.tone#2", "'tail {{tone}} \\'", "variables: {tone: {type: string}}")],
      "6:12-30 include-refused: the text of shared.tone#2 ends in a \\ or {, which would change the variable after it",
    ],
  ] as const)("cannot include %s", async (_, files, problem) => {
    const includer = file("a.b#1", '"{{>shared.tone#2}}{{tone}}"', "variables: {tone: {type: string}}");
    const { definition, problems } = await finish([includer, ...files], "a.b#1");
    expect(problems).toEqual([problem]);
    expect(definition).toBeUndefined();
  });

  it("must declare the variables of their text, and may declare them for that alone", async () => {
    const undeclared = await finish([TONE, file("a.b#1", '"Dear. {{> shared.tone#2}}"')], "a.b#1");
    expect(undeclared.problems).toEqual([
      "6:18-37 undeclared-variable: shared.tone#2 uses {{tone}}, which is not declared here",
    ]);
    expect(undeclared.diagnostics[0]?.hint).toBe("Declare it: variables: {tone: {type: string}}");
    const more = file(
      "a.b#1",
      '"Dear. {{> shared.tone#2}}"',
      "variables: {tone: {type: string}, more: {type: string}}",
    );
    expect((await finish([TONE, more], "a.b#1")).problems).toEqual([
      '7:35-39 unused-variable: the variable "more" is declared and not used',
    ]);
  });

  it("is told of all its problems at once, those of its includes among them", async () => {
    const { problems } = await finish(
      [file("a.b#1", '"{{name}} {{> x.y#1}} {{> x}}"', "ownr: x", "created: never")],
      "a.b#1",
    );
    expect(problems.map((each) => each.replace(/:(?! ).*?:.*/, ""))).toHaveLength(5);
    expect(problems.map((each) => each.split(" ")[1])).toEqual([
      "undeclared-variable:",
      "include-missing:",
      "template-syntax:",
      "unknown-field:",
      "invalid-value:",
    ]);
  });

  it("cannot grow beyond the largest prompt by a few short files", async () => {
    const files = Array.from({ length: 9 }, (_, level) =>
      file(`a.level${level}#1`, level === 8 ? "ten digits" : `"${`{{> a.level${level + 1}#1}}`.repeat(10)}"`),
    );
    const { problems } = await finish(files, "a.level1#1");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/include-refused: .* longer than 33554432 characters/);
  });
});

describe("a cycle", () => {
  const cycle = [
    file("a.a#1", '"{{> b.b#2}}"'),
    file("b.b#2", '"text {{> c.c#3}}"'),
    file("c.c#3", '"{{> a.a#1}}"'),
    file("d.d#1", '"{{> b.b#2}}"'),
    file("e.e#1", '"{{> e.e#1}}"'),
  ];

  it.each([
    ["a.a#1", "6:12-23 include-cycle: this includes itself: a.a#1 → b.b#2 → c.c#3 → a.a#1"],
    ["b.b#2", "6:17-28 include-cycle: this includes itself: b.b#2 → c.c#3 → a.a#1 → b.b#2"],
    ["c.c#3", "6:12-23 include-cycle: this includes itself: c.c#3 → a.a#1 → b.b#2 → c.c#3"],
    ["d.d#1", "6:12-23 include-refused: b.b#2 has errors of its own"],
    ["e.e#1", "6:12-23 include-cycle: this includes itself: e.e#1 → e.e#1"],
  ])("is told of in %s with its path", async (ref, problem) => {
    expect((await finish(cycle, ref)).problems).toEqual([problem]);
  });
});

describe("the field includes", () => {
  const includer = (field: string) =>
    file("a.b#1", '"{{> shared.x#1}} {{> shared.y#2}}"', `includes: ${field}`);
  const files = [file("shared.x#1", "X"), file("shared.y#2", "Y")];

  it.each(["[shared.x#1, shared.y#2]", "[shared.y#2, shared.x#1]"])("may say %s", async (field) => {
    const { definition, problems } = await finish([...files, includer(field)], "a.b#1");
    expect(problems).toEqual([]);
    expect(definition?.includes).toEqual(["shared.x#1", "shared.y#2"]);
  });

  it.each([
    ["[shared.x#1]", "7:1-9 includes-field: the text includes shared.y#2, which this list does not name"],
    ["[shared.x#1, shared.y#2, shared.z#9]", "7:36-46 includes-field: the text does not include shared.z#9"],
  ])("cannot say %s", async (field, problem) => {
    expect((await finish([...files, includer(field)], "a.b#1")).problems).toEqual([problem]);
  });

  it("cannot name versions where the text includes none", () => {
    const text = file("a.b#1", "Hello.", "includes: [shared.x#1]")[1];
    expect(parsePrompt("prompts/a/b.yaml", Buffer.from(text)).diagnostics).toMatchObject([
      { line: 7, column: 12, code: "includes-field" },
    ]);
  });
});
