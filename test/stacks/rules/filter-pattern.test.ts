import { describe, expect, it } from "vitest";
import { parseFilterPattern } from "./filter-pattern.ts";

const TRAIL = {
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  objectList: [
    { name: "a", id: 1 },
    { name: "b", id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
};
const USERS = {
  user: { id: 1, email: "John.Stiles@example.com" },
  users: [
    { id: 2, email: "John.Doe@example.com" },
    { id: 3, email: "Jane.Doe@example.com" },
  ],
  actions: ["GET", "PUT", "DELETE"],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
};
const REQUEST = {
  latency: 500,
  numbers: [10, 0.001],
  errorCode: 400,
  processes: [{}, { averageRuntime: 55.5 }],
  file: "Ev*ent",
};

/** The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, and what they leave open. */
const EXAMPLES: readonly (readonly [pattern: string, line: object, passes: boolean])[] = [
  ['{ $.eventType = "UpdateTrail" }', TRAIL, true],
  ["{ $.eventType = UpdateTrail }", TRAIL, true],
  ['{ $.eventType = "updateTrail" }', TRAIL, false],
  ['{$.eventType="UpdateTrail"}', TRAIL, true],
  ["{ $.sourceIPAddress != 123.123.* }", TRAIL, true],
  ["{ $.sourceIPAddress != 111.111.* }", TRAIL, false],
  ['{ $.eventType = "Update*" }', TRAIL, true],
  ["{ $.eventType = *Trail }", TRAIL, true],
  ['{ $.eventType = "*dateT*" }', TRAIL, true],
  ['{ $.eventType = "*Update" }', TRAIL, false],
  ['{ $.eventType = "Up*Trail" }', TRAIL, false],
  ['{ $.file = "Ev*ent" }', REQUEST, true],
  ['{ $.arrayKey[0] = "value" }', TRAIL, true],
  ['{ $.arrayKey[1] = "value" }', TRAIL, false],
  ['{ $.eventType[0] = "U" }', TRAIL, false],
  ["{ $.objectList[1].id = 2 }", TRAIL, true],
  ["{ $.objectList[0].id = 2 }", TRAIL, false],
  ["{ $.objectList.id = 2 }", TRAIL, false],
  ["{ $.SomeObject IS NULL }", TRAIL, true],
  ["{ $.SomeOtherObject IS NULL }", TRAIL, false],
  ["{ $.SomeOtherObject NOT EXISTS }", TRAIL, true],
  ["{ $.SomeObject NOT EXISTS }", TRAIL, false],
  ["{ $.toString NOT EXISTS }", TRAIL, true],
  ["{ $.ThisFlag IS TRUE }", TRAIL, true],
  ["{ $.ThisFlag IS FALSE }", TRAIL, false],
  ["{ $.eventType = %Trail% }", TRAIL, true],
  ["{ $.eventType = %^Trail% }", TRAIL, false],
  ["{ $.sourceIPAddress != %^123\\.123\\.[0-9]+% }", TRAIL, true],
  ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', USERS, true],
  ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', USERS, false],
  // && goes before ||.
  [
    '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
    USERS,
    true,
  ],
  [
    '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
    USERS,
    false,
  ],
  // A selector that leads to an array or an object is compared with nothing.
  ["{ $.users = 1 }", USERS, false],
  ["{ $.users != 1 }", USERS, false],
  ["{ $.user != nobody }", USERS, false],
  ["{ $.coordinates[1][2] = 6 }", USERS, true],
  ["{ $.latency >= 500 }", REQUEST, true],
  ["{ $.latency > 500 }", REQUEST, false],
  ["{ $.latency > +1000 }", REQUEST, false],
  ["{ $.latency < 1000.5 }", REQUEST, true],
  ["{ $.numbers[0] < 10e3 }", REQUEST, true],
  ["{ $.numbers[0] < 10e-3 }", REQUEST, false],
  ["{ $.numbers[1] = 1E-3 }", REQUEST, true],
  ["{ $.processes[1].averageRuntime <= 55.5 }", REQUEST, true],
  ["{ $.errorCode = 400 }", REQUEST, true],
  ["{ $.errorCode != 500 }", REQUEST, true],
  ["{ $.errorCode != 400 }", REQUEST, false],
  ["{ $.latency = * }", REQUEST, true],
  ["{ $.nothing = * }", REQUEST, false],
  ["{ $.latency > -1 }", { latency: "500" }, false],
];

describe("parseFilterPattern", () => {
  it.each(EXAMPLES)("%s", (pattern, line, passes) => {
    expect(parseFilterPattern(pattern).passes(JSON.stringify(line))).toBe(passes);
  });

  it("lets nothing through that is no JSON", () => {
    const { passes } = parseFilterPattern("{ $.a NOT EXISTS }");
    expect(["START RequestId: 1", "", "{"].map(passes)).toEqual([false, false, false]);
    expect(passes("{}")).toBe(true);
  });

  it.each([
    ["", "expected {, at 0"],
    ['$.a = "b"', "expected {, at 0"],
    ["{ }", "expected a selector, which begins with $, at 2"],
    ["{ a = 1 }", "expected a selector, which begins with $, at 2"],
    ["{ $ = 1 }", "expected a property, .name, at 3"],
    ["{ $[0] = 1 }", "expected a property, .name, at 3"],
    ["{ $.['a.b'] = 1 }", "expected a property, .name, at 3"],
    ["{ $.a[*] = 1 }", "expected a comparison, at 5"],
    ["{ $.a b }", "expected a comparison, at 6"],
    ["{ $.a == 1 }", "expected a text, a number or a regular expression, at 7"],
    ["{ $.a = }", "expected a text, a number or a regular expression, at 8"],
    ["{ $.a = b@c }", "expected &&, || or }, at 9"],
    ['{ $.a = "b }', "expected a text, a number or a regular expression, at 8"],
    ['{ $.a > "b" }', "expected a number, at 8"],
    ["{ $.a IS 1 }", "expected NULL, TRUE or FALSE, at 9"],
    ["{ ($.a = 1 }", "expected a closing parenthesis, at 11"],
    ["{ $.a = 1 and $.b = 2 }", "expected &&, || or }, at 10"],
    ["{ $.a = 1 && }", "expected a selector, which begins with $, at 13"],
    ["{ $.a = 1 } x", "expected the end, at 12"],
    ["{ $.a = %b(c)% }", "expected a regular expression of the characters that are supported"],
    ["{ $.a = %b% && $.a = %c% && $.a = %d% }", "expected at most 2 regular expressions"],
    [`{ $.a = ${"b".repeat(1024)} }`, "expected at most 1024 characters, at 0"],
  ])("refuses %s", (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});
