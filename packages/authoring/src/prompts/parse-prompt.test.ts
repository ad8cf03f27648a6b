import { describe, expect, it } from "vitest";
import { parsePrompt } from "./parse-prompt.ts";

const FILE = "prompts/support/reply.yaml";

/** A prompt that is right, with lines put in the place of those of the same field, or added. */
function prompt(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const lines = {
    id: "id: support.reply",
    version: "version: 2",
    owner: "owner: support-team",
    model: "model: claude-3-5-sonnet",
    tags: "tags: [reply]",
    template: "template: Answer the message.",
    ...changes,
  };
  return `${Object.values(lines)
    .filter((line) => line !== undefined)
    .join("\n")}\n`;
}

function parse(text: string | Buffer, file = FILE) {
  return parsePrompt(file, Buffer.from(text as string));
}

/** Each problem as `line:column-endColumn code`, which is what tables below state. */
function places(text: string | Buffer, file = FILE): readonly string[] {
  return parse(text, file).diagnostics.map(
    ({ line, column, endColumn, code }) => `${line}:${column}${endColumn ? `-${endColumn}` : ""} ${code}`,
  );
}

const SEED = `id: customer-support.intent-classifier
version: 2
owner: data-platform-team
model: claude-3-5-sonnet
parent: 1
tags:
  - classification
  - customer-support
metrics:
  baseline_accuracy: 0.94
  cost_per_call_usd: 0.003
template: |
  You are a customer support intent classifier.
  - billing      (questions about charges, invoices, refunds)
  - other        (anything that doesn't fit above)
  punctuation or explanation.
created: 2026-04-15
updated: 2026-05-01
`;

describe("a file that is right", () => {
  it("becomes a definition and its dates", () => {
    expect(parse(SEED, "prompts/customer_support/intent_classifier.yaml")).toEqual({
      id: "customer-support.intent-classifier",
      ref: "customer-support.intent-classifier#2",
      definition: {
        id: "customer-support.intent-classifier",
        version: 2,
        owner: "data-platform-team",
        model: "claude-3-5-sonnet",
        parent: "customer-support.intent-classifier#1",
        tags: ["classification", "customer-support"],
        metrics: { baseline_accuracy: 0.94, cost_per_call_usd: 0.003 },
        template:
          "You are a customer support intent classifier.\n- billing      (questions about charges, invoices, refunds)\n- other        (anything that doesn't fit above)\npunctuation or explanation.\n",
      },
      dates: { created: "2026-04-15", updated: "2026-05-01" },
      diagnostics: [],
    });
  });

  it("reads the same with CRLF line ends, so that a Windows checkout has the same content hash", () => {
    const file = "prompts/customer_support/intent_classifier.yaml";
    expect(parse(SEED.replaceAll("\n", "\r\n"), file)).toEqual(parse(SEED, file));
  });

  it("may use every field", () => {
    const { definition, diagnostics } = parse(
      prompt({
        template: undefined,
        messages:
          'messages:\n  - {role: system, content: "Be {{tone}}: \\\\{{ok}}"}\n  - {role: user, content: "{{text}}, {{limit}}"}',
        parent: "parent: other.prompt#3",
        description: "description: Answers.",
        variables:
          "variables:\n  tone: {type: string, default: kind, description: How it sounds}\n  text: {type: string}\n  limit: {type: number, required: false}",
        parameters:
          "parameters: {temperature: 0.2, max_tokens: 300, top_p: 1, top_k: 40, stop_sequences: [END], seed: -7}",
        output:
          "output: {type: [object, 'null'], properties: {a: {type: string}, b: true}, items: false, required: [a], x-own: {deep: [1]}}",
        created: 'created: "2024-02-29"',
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(definition).toEqual({
      id: "support.reply",
      version: 2,
      owner: "support-team",
      model: "claude-3-5-sonnet",
      parent: "other.prompt#3",
      description: "Answers.",
      tags: ["reply"],
      variables: {
        tone: { type: "string", required: false, default: "kind", description: "How it sounds" },
        text: { type: "string", required: true },
        limit: { type: "number", required: false },
      },
      parameters: {
        temperature: 0.2,
        max_tokens: 300,
        top_p: 1,
        top_k: 40,
        stop_sequences: ["END"],
        seed: -7,
      },
      output: {
        type: ["object", "null"],
        properties: { a: { type: "string" }, b: true },
        items: false,
        required: ["a"],
        "x-own": { deep: [1] },
      },
      messages: [
        { role: "system", content: "Be {{tone}}: \\{{ok}}" },
        { role: "user", content: "{{text}}, {{limit}}" },
      ],
    });
  });

  it.each([
    ["no optional field", {}],
    [
      "an empty mapping",
      { metrics: "metrics: {}", variables: "variables: {}", parameters: "parameters: {}" },
    ],
    ["a comment, a document start and end", { id: "--- # it starts\nid: support.reply", end: "..." }],
    ["quotes", { id: "id: 'support.reply'" }],
  ])("means the same with %s", (_, changes) => {
    expect(parse(prompt(changes))).toEqual(parse(prompt()));
  });

  it("makes zero of minus zero, which JSON does not tell apart", () => {
    const { definition } = parse(prompt({ metrics: "metrics: {drift: -0.0}" }));
    expect(Object.is(definition?.metrics?.drift, 0)).toBe(true);
  });
});

describe("bytes that are no prompt text", () => {
  it.each<[string, string | Buffer, readonly string[]]>([
    ["an empty file", "", ["1:1 empty-file"]],
    ["comments alone", "# to do\n", ["1:1 empty-file"]],
    ["a document start alone", "---\n", ["1:1 empty-file"]],
    ["a byte-order mark", `\uFEFF${prompt()}`, ["1:1-2 byte-order-mark"]],
    [
      "a byte-order mark and more",
      `\uFEFF${prompt({ version: "version: x" })}`,
      ["1:1-2 byte-order-mark", "2:10-11 wrong-type"],
    ],
    ["a carriage return alone", "id: a\rb", ["1:6-7 carriage-return"]],
    ["NUL", "id: a\0b\nowner: \0", ["1:6-7 control-character", "2:8-9 control-character"]],
    ["escape", "id: \u001b[31m", ["1:5-6 control-character"]],
    ["a byte no UTF-8 has", Buffer.from([0x69, 0x64, 0x0a, 0xc3, 0xa4, 0xff, 0x41]), ["2:2-3 invalid-utf-8"]],
    ["half a character", Buffer.from([0x0d, 0x0a, 0xe2, 0x82, 0x41]), ["2:1-2 invalid-utf-8"]],
    ["UTF-16", Buffer.from("\uFEFFid: a", "utf16le"), ["1:1-2 invalid-utf-8"]],
  ])("%s", (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it("says UTF-16 when it looks like it", () => {
    expect(parse(Buffer.from("\uFEFFid: a", "utf16le")).diagnostics[0]?.hint).toContain("UTF-16");
  });
});

describe("YAML that is refused", () => {
  it.each<[string, string, readonly string[]]>([
    ["a list at the top", "- id: a\n", ["1:1-8 not-a-mapping"]],
    ["a value at the top", "\nhello\n", ["2:1-6 not-a-mapping"]],
    ["two documents", `${prompt()}---\nid: b\n`, ["7:1-4 several-documents"]],
    ["a second document that is empty", `${prompt()}---\n`, ["7:1-4 several-documents"]],
    ["a directive", `%YAML 1.1\n---\n${prompt()}`, ["1:1-10 directive"]],
    ["a tab for indentation", "tags:\n\t- a\n", ["2:1-2 tab-indentation"]],
    ["a tab after spaces", "metrics:\n  a: 1\n \tb: 2\n", ["3:2-3 tab-indentation"]],
    ["a tab in a block", "template: |\n  a\n\tb\n", ["3:1-2 tab-indentation"]],
    ["a duplicate key", prompt({ again: "owner: other" }), ["7:1-6 duplicate-key"]],
    ["a duplicate key further in", prompt({ metrics: 'metrics: {a: 1, "a": 2}' }), ["7:17-20 duplicate-key"]],
    ["an anchor", prompt({ owner: "owner: &o support" }), ["3:8-10 anchor"]],
    [
      "an anchor and its alias",
      prompt({ owner: "owner: &o support", model: "model: *o" }),
      ["3:8-10 anchor", "4:8-10 alias"],
    ],
    ["an alias to nothing", prompt({ model: "model: *o" }), ["4:8-10 alias"]],
    ["an alias as key", prompt({ metrics: "metrics: {*a : 1}" }), ["7:11-13 alias"]],
    ["a merge key", prompt({ merge: "<<: {owner: a}" }), ["7:1-3 merge-key"]],
    ["a tag", prompt({ version: "version: !!int 2" }), ["2:10-15 tag"]],
    ["a tag of nobody's", prompt({ owner: "owner: !secret a" }), ["3:8-15 tag"]],
    ["a number as key", prompt({ metrics: "metrics: {1: 2}" }), ["7:11-12 key-type"]],
    ["no key", prompt({ metrics: "metrics: {: 2}" }), ["7:11 key-type"]],
    ["a mapping as key", prompt({ template: "template: {{name}}" }), ["6:11-19 key-type"]],
    ["braces around it all", "{{a}}\n", ["1:1-6 key-type"]],
    ["a list as key", prompt({ metrics: "metrics:\n  [a]: 1" }), ["8:3-6 key-type"]],
    ["text that starts with {{", prompt({ template: "template: {{name}} hi" }), ["6:11-13 yaml-syntax"]],
    ["__proto__", prompt({ metrics: "metrics: {__proto__: 2}" }), ["7:11-20 key-type"]],
    ["a key with a line break", prompt({ metrics: 'metrics: {"a\\nb": 2}' }), ["7:11-17 key-type"]],
    ["a lone surrogate as key", prompt({ metrics: 'metrics: {"a\\ud800": 2}' }), ["7:13-19 lone-surrogate"]],
    ["NaN", prompt({ metrics: "metrics: {a: .nan}" }), ["7:14-18 number-range"]],
    ["infinity", prompt({ metrics: "metrics: {a: -.inf}" }), ["7:14-19 number-range"]],
    ["a number beyond all", prompt({ metrics: "metrics: {a: 1e999}" }), ["7:14-19 number-range"]],
    [
      "a number that would be rounded",
      prompt({ version: "version: 9007199254740993" }),
      ["2:10-26 number-range"],
    ],
    ["no as text", prompt({ owner: "owner: no" }), ["3:8-10 ambiguous-word"]],
    ["Yes in a list", prompt({ tags: "tags: [a, Yes]" }), ["5:11-14 ambiguous-word"]],
    ["a lone surrogate", prompt({ owner: 'owner: "a\\ud800"' }), ["3:10-16 lone-surrogate"]],
    ["the second half first", prompt({ owner: 'owner: "\\udc00\\ud800"' }), ["3:9-15 lone-surrogate"]],
    ["an escaped NUL", prompt({ owner: 'owner: "ab\\0"' }), ["3:11-13 control-character"]],
    ["an escaped bell", prompt({ owner: 'owner: "\\x07"' }), ["3:9-13 control-character"]],
    ["a quote never closed", prompt({ owner: "owner: 'support" }), ["3:8-9 yaml-syntax"]],
    ["a colon in text", prompt({ description: "description: a: b" }), ["7:14-15 yaml-syntax"]],
    ["an @ at the start", prompt({ description: "description: @a" }), ["7:14-15 yaml-syntax"]],
    ["an unknown escape", prompt({ description: 'description: "\\q"' }), ["7:15-16 yaml-syntax"]],
    ["no space after the colon", "id:a\nversion: 2\n", ["1:1-5 yaml-syntax"]],
    ["a key without value or colon", prompt({ extra: "ownr" }), ["7:1-5 yaml-syntax"]],
    ["brackets never closed", prompt({ tags: "tags: [a" }), ["6:1-2 yaml-syntax"]],
    ["two mistakes", "a: 'x' y\nb: 1\nc: @d\n", ["1:8-9 yaml-syntax", "3:4-5 yaml-syntax"]],
    [
      "nesting beyond the ledger",
      prompt({ output: `output: ${"{a: ".repeat(30)}1${"}".repeat(30)}` }),
      ["7:105-136 too-deep"],
    ],
  ])("%s", (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it("refuses nesting that the parser has no room for", () => {
    expect(parse("[".repeat(100_000)).diagnostics.map(({ code }) => code)).toEqual(["too-deep"]);
  });

  it("accepts both halves of a character", () => {
    expect(parse(prompt({ owner: 'owner: "\\ud83d\\ude00"' })).definition?.owner).toBe("😀");
  });

  it("takes words like no for text where they are in quotes", () => {
    expect(parse(prompt({ owner: 'owner: "no"', tags: "tags: ['on']" })).diagnostics).toEqual([]);
  });

  it("shows a hundred problems of a file, and says how many more there are", () => {
    const { diagnostics } = parse(prompt({ more: "owner: a\n".repeat(150).trimEnd() }));
    expect(diagnostics).toHaveLength(101);
    expect(diagnostics.at(-1)).toMatchObject({ code: "too-many-problems", line: 106 });
    expect(diagnostics.at(-1)?.problem).toContain("50 more");
  });
});

describe("fields", () => {
  it.each<[string, string, readonly string[]]>([
    [
      "all missing but one",
      "\nid: support.reply\n",
      Array(5)
        .fill(0)
        .map((_, i) => `2:1-3 ${i < 4 ? "missing-field" : "template-or-messages"}`),
    ],
    ["owner missing", prompt({ owner: undefined }), ["1:1-3 missing-field"]],
    ["owner without value", prompt({ owner: "owner:" }), ["3:1-6 wrong-type"]],
    ["owner null", prompt({ owner: "owner: ~" }), ["3:8-9 wrong-type"]],
    ["owner a number", prompt({ owner: "owner: 123" }), ["3:8-11 wrong-type"]],
    ["owner true", prompt({ owner: "owner: true" }), ["3:8-12 wrong-type"]],
    ["owner a list", prompt({ owner: "owner: [a]" }), ["3:8-11 wrong-type"]],
    ["owner empty", prompt({ owner: 'owner: ""' }), ["3:8-10 invalid-value"]],
    ["owner of two lines", prompt({ owner: 'owner: "a\\nb"' }), ["3:8-14 invalid-value"]],
    ["owner with a space around", prompt({ owner: 'owner: " a"' }), ["3:8-12 invalid-value"]],
    ["owner too long", prompt({ owner: `owner: ${"a".repeat(101)}` }), ["3:8-109 invalid-value"]],
    ["model too long", prompt({ model: `model: ${"a".repeat(201)}` }), ["4:8-209 invalid-value"]],
    ["version text", prompt({ version: 'version: "2"' }), ["2:10-13 wrong-type"]],
    ["version 2.0", prompt({ version: "version: 2.0" }), ["2:10-13 wrong-type"]],
    ["version 0x2", prompt({ version: "version: 0x2" }), ["2:10-13 wrong-type"]],
    ["version 2.5", prompt({ version: "version: 2.5" }), ["2:10-13 invalid-value"]],
    ["version 0", prompt({ version: "version: 0" }), ["2:10-11 invalid-value"]],
    ["version too high", prompt({ version: "version: 1000000000" }), ["2:10-20 invalid-value"]],
    ["id malformed", prompt({ id: "id: Support.Reply" }), ["1:5-18 invalid-value"]],
    ["id without a dot", prompt({ id: "id: reply" }), ["1:5-10 invalid-value"]],
    ["id over the limit", prompt({ id: `id: a.${"b".repeat(256)}` }), ["1:5-263 invalid-value"]],
    ["id of another path", prompt({ id: "id: support.replies" }), ["1:5-20 id-path"]],
    ["tags no list", prompt({ tags: "tags: a" }), ["5:7-8 wrong-type"]],
    ["a tag that is a number", prompt({ tags: "tags:\n  - a\n  - 1" }), ["7:5-6 wrong-type"]],
    [
      "a tag twice, and an empty one",
      prompt({ tags: 'tags: [a, "", a]' }),
      ["5:11-13 invalid-value", "5:15-16 invalid-value"],
    ],
    ["parent itself", prompt({ parent: "parent: 2" }), ["7:9-10 parent-version"]],
    ["parent itself, in full", prompt({ parent: "parent: support.reply#2" }), ["7:9-24 parent-version"]],
    ["parent later", prompt({ parent: "parent: 3" }), ["7:9-10 parent-version"]],
    ["parent without version", prompt({ parent: "parent: support.other" }), ["7:9-22 invalid-value"]],
    ["parent as text", prompt({ parent: 'parent: "1"' }), ["7:9-12 invalid-value"]],
    ["parent 1.0", prompt({ parent: "parent: 1.0" }), ["7:9-12 wrong-type"]],
    ["parent a list", prompt({ parent: "parent: [1]" }), ["7:9-12 wrong-type"]],
    ["parent 2.5", prompt({ parent: "parent: 2.5" }), ["7:9-12 wrong-type"]],
    ["a parent lost in a comment", prompt({ parent: "parent: #1" }), ["7:1-7 wrong-type"]],
    ["an unknown field", prompt({ extra: "ownr: a" }), ["7:1-5 unknown-field"]],
    [
      "two unknown fields",
      prompt({ extra: "a_b: 1\nb_c: 2" }),
      ["7:1-4 unknown-field", "8:1-4 unknown-field"],
    ],
    ["includes a mapping", prompt({ extra: "includes: {}" }), ["7:11-13 wrong-type"]],
    ["includes without a version", prompt({ extra: "includes: [shared.tone]" }), ["7:12-23 invalid-value"]],
    [
      "a metric above 1",
      prompt({ metrics: "metrics:\n  baseline_accuracy: 1.2" }),
      ["8:22-25 invalid-value"],
    ],
    ["a metric below 0", prompt({ metrics: "metrics: {drift: -1}" }), ["7:18-20 invalid-value"]],
    ["a metric as text", prompt({ metrics: 'metrics: {drift: "1"}' }), ["7:18-21 wrong-type"]],
    ["a metric misspelt", prompt({ metrics: "metrics: {baseline_acuracy: 0.9}" }), ["7:11-27 metric-name"]],
    ["a date that is none", prompt({ created: "created: 2026-02-30" }), ["7:10-20 invalid-value"]],
    ["a date with a time", prompt({ created: "created: 2026-02-03T10:00:00Z" }), ["7:10-30 invalid-value"]],
    ["a date as number", prompt({ updated: "updated: 20260203" }), ["7:10-18 wrong-type"]],
    ["an empty description", prompt({ description: 'description: "  "' }), ["7:14-18 invalid-value"]],
    [
      "an unknown parameter",
      prompt({ parameters: "parameters: {temprature: 1}" }),
      ["7:14-24 unknown-field"],
    ],
    [
      "temperature too high",
      prompt({ parameters: "parameters: {temperature: 2.1}" }),
      ["7:27-30 invalid-value"],
    ],
    ["max_tokens 0", prompt({ parameters: "parameters: {max_tokens: 0}" }), ["7:26-27 invalid-value"]],
    ["max_tokens 1e3", prompt({ parameters: "parameters: {max_tokens: 1e3}" }), ["7:26-29 wrong-type"]],
    ["top_p too high", prompt({ parameters: "parameters: {top_p: 1.1}" }), ["7:21-24 invalid-value"]],
    [
      "no stop sequences",
      prompt({ parameters: "parameters: {stop_sequences: []}" }),
      ["7:30-32 invalid-value"],
    ],
    [
      "a stop sequence that is empty",
      prompt({ parameters: "parameters: {stop_sequences: ['']}" }),
      ["7:31-33 invalid-value"],
    ],
    ["seed 1.5", prompt({ parameters: "parameters: {seed: 1.5}" }), ["7:20-23 invalid-value"]],
    ["parameters a list", prompt({ parameters: "parameters: [1]" }), ["7:13-16 wrong-type"]],
    ["output a list", prompt({ output: "output: [a]" }), ["7:9-12 wrong-type"]],
    ["output of no type there is", prompt({ output: "output: {type: text}" }), ["7:16-20 invalid-value"]],
    [
      "output, further in",
      prompt({ output: "output:\n  type: object\n  properties:\n    a:\n      type: [string, nul]" }),
      ["11:22-25 invalid-value"],
    ],
    [
      "output with items of no type",
      prompt({ output: "output: {type: array, items: {type: 3}}" }),
      ["7:37-38 invalid-value"],
    ],
    [
      "both texts",
      prompt({ messages: "messages: [{role: user, content: a}]" }),
      ["7:1-9 template-or-messages"],
    ],
    ["an empty template", prompt({ template: 'template: " "' }), ["6:11-14 invalid-value"]],
    ["a template that is a number", prompt({ template: "template: 5" }), ["6:11-12 wrong-type"]],
    ["no messages", prompt({ template: undefined, messages: "messages: []" }), ["6:11-13 invalid-value"]],
    [
      "a message without content",
      prompt({ template: undefined, messages: "messages:\n  - role: user" }),
      ["7:5-15 missing-field"],
    ],
    [
      "a role there is not",
      prompt({ template: undefined, messages: "messages: [{role: usr, content: a}]" }),
      ["6:19-22 invalid-value"],
    ],
  ])("%s", (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ["a near field", prompt({ extra: "ownr: a" }), 'Did you mean "owner"?'],
    ["a field one level out", prompt({ extra: "temperature: 1" }), 'It belongs under "parameters".'],
    ["a parameter", prompt({ extra: "parameters: {max_token: 1}" }), 'Did you mean "max_tokens"?'],
    [
      "a role",
      prompt({ template: undefined, m: "messages: [{role: sytem, content: a}]" }),
      'Did you mean "system"?',
    ],
    ["a version in quotes", prompt({ version: 'version: "2"' }), "Write it without quotes: version: 2"],
    ["a version with a point", prompt({ version: "version: 2.0" }), "Write version: 2"],
    ["an owner without quotes", prompt({ owner: "owner: 123" }), 'Put it in quotes: owner: "123"'],
    [
      "a # taken for a comment",
      prompt({ parent: "parent: #1" }),
      "A # after a space starts a comment: put the value in quotes.",
    ],
    [
      "an id of another path",
      prompt({ id: "id: a.b-c" }),
      "Write that id, or move the file to prompts/a/b_c.yaml.",
    ],
    ["a first duplicate", prompt({ again: "owner: other" }), "It is also on line 3."],
  ])("gives a hint for %s", (_, text, hint) => {
    expect(parse(text).diagnostics.map((each) => each.hint)).toEqual([hint]);
  });

  it("gives no definition with an error, and one with a warning", () => {
    expect(parse(prompt({ version: "version: 0" })).definition).toBeUndefined();
    expect(parse(prompt({ metrics: "metrics: {baseline_acuracy: 0.9}" })).definition).toBeDefined();
  });
});

describe("variables", () => {
  const declared = (variables: string) => ({ variables: `variables: {${variables}}` });
  it.each<[string, string, readonly string[]]>([
    [
      "used, not declared",
      prompt({ template: "template: Dear {{name}}, hi" }),
      ["6:16-24 undeclared-variable"],
    ],
    [
      "used twice, not declared",
      prompt({ template: "template: '{{a}} {{ a }}'" }),
      ["6:12-17 undeclared-variable", "6:18-25 undeclared-variable"],
    ],
    ["declared, not used", prompt(declared("name: {type: string}")), ["7:13-17 unused-variable"]],
    [
      "escaped, so not used",
      prompt({ template: "template: \\{{name}}", ...declared("name: {type: string}") }),
      ["7:13-17 unused-variable"],
    ],
    ["escaped, then used", prompt({ template: "template: \\{{a}} {{a}}" }), ["6:18-23 undeclared-variable"]],
    [
      "part of a problem, then used",
      prompt({ template: "template: a {{{a}}} {{a}}" }),
      ["6:13-15 template-syntax", "6:21-26 undeclared-variable"],
    ],
    ["never closed", prompt({ template: "template: |\n  a\n  b {{ c" }), ["8:5-7 template-syntax"]],
    [
      "no name",
      prompt({ template: "template: a {{user name}}", ...declared("user_name: {type: string}") }),
      ["6:13-26 template-syntax"],
    ],
    ["no type", prompt({ template: "template: a {{a}}", ...declared("a: {}") }), ["7:13-14 missing-field"]],
    ["nothing at all", prompt({ template: "template: a {{a}}", ...declared("a: ") }), ["7:13-14 wrong-type"]],
    [
      "a type there is not",
      prompt({ template: "template: a {{a}}", ...declared("a: {type: strng}") }),
      ["7:23-28 invalid-value"],
    ],
    [
      "a field there is not",
      prompt({ template: "template: a {{a}}", ...declared("a: {type: string, optional: true}") }),
      ["7:31-39 unknown-field"],
    ],
    [
      "a name no template can use",
      prompt(declared("a-b: {type: string}")),
      ["7:13-16 invalid-value", "7:13-16 unused-variable"],
    ],
    [
      "a default of another type",
      prompt({ template: "template: a {{a}}", ...declared("a: {type: string, default: 3}") }),
      ["7:40-41 wrong-type"],
    ],
    [
      "a default that is a list",
      prompt({ template: "template: a {{a}}", ...declared("a: {type: string, default: []}") }),
      ["7:40-42 wrong-type"],
    ],
    [
      "required with a default",
      prompt({ template: "template: a {{a}}", ...declared("a: {type: string, default: b, required: true}") }),
      ["7:53-57 invalid-value"],
    ],
    [
      "required as text",
      prompt({ template: "template: a {{a}}", ...declared('a: {type: string, required: "true"}') }),
      ["7:41-47 wrong-type"],
    ],
    [
      "variables a list",
      prompt({ template: "template: a {{a}}", variables: "variables: [a]" }),
      ["7:12-15 wrong-type"],
    ],
    [
      "in messages",
      prompt({
        template: undefined,
        messages:
          "messages:\n  - role: user\n    content: |\n      a {{b}}\n  - role: user\n    content: {{c}}",
      }),
      ["9:9-14 undeclared-variable", "11:14-19 key-type"],
    ],
    [
      "in several messages",
      prompt({
        template: undefined,
        messages:
          "messages:\n  - role: user\n    content: |\n      a {{b}}\n  - role: user\n    content: '{{c}}'",
      }),
      ["9:9-14 undeclared-variable", "11:15-20 undeclared-variable"],
    ],
  ])("%s", (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ["a block", "template: |\n  one\n\n    two {{x}}\n", "9:9"],
    ["a block without last line break", "template: |-\n    one\n    {{x}}", "8:5"],
    ["a block with a comment at its head", "template: | # {{y}} is not meant\n  a {{x}}", "7:5"],
    ["a block with its indentation given", "template: |2\n    a\n  {{x}}", "8:3"],
    ["a block with tabs", "template: |\n  \ta\t{{x}}", "7:6"],
    ["a folded block", "template: >\n  one\n  two\n\n  three {{x}}\n   more", "10:9"],
    ["a plain text", "template: one {{x}}", "6:15"],
    ["a plain text of several lines", "template: one\n  two\n\n  three {{x}}", "9:9"],
    ["single quotes", "template: 'it''s ''{{x}}'", "6:20"],
    ["single quotes of several lines", "template: 'it''s\n\n  a {{x}}'", "8:5"],
    ["double quotes", 'template: "a\\tb\\\\ \\u00e9 \\U0001F600 {{x}}"', "6:37"],
    ["double quotes of several lines", 'template: "one\\n \\\n   \\ two\n  {{x}}"', "8:3"],
    ["escaped braces", 'template: "\\x41 \\u007b{x}}"', "6:17"],
    ["text before it that is wide", "template: 日本 {{x}}", "6:14"],
  ])("finds them in %s", (_, template, place) => {
    const { diagnostics } = parse(prompt({ template }));
    expect(diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
      `${place} undeclared-variable`,
    ]);
  });

  it("finds them at the end of 20 MB, and at its start", () => {
    const lines = `  ${"x".repeat(200)}\n`.repeat(100_000);
    expect(places(prompt({ template: `template: |\n  {{x}}\n${lines}  {{y}} {{z}` }))).toEqual([
      "7:3-8 undeclared-variable",
      "100008:3-8 undeclared-variable",
      "100008:9-11 template-syntax",
    ]);
  });
});
