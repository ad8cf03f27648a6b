import { definitions, storableJson } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, contentHash, sha256 } from "./hash.ts";
import type { JsonValue } from "./json.ts";

/** The same value with the members of every object in the reverse order. */
function reversed(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const members = Object.entries(value).map(([name, member]) => [name, reversed(member)]);
  return Object.fromEntries(members.reverse());
}

describe("canonicalJson", () => {
  it("is the same whatever the order of keys, and JSON of the same value", () => {
    fc.assert(
      fc.property(storableJson(), (value) => {
        const text = canonicalJson([value]);
        expect(canonicalJson([reversed(value)])).toBe(text);
        expect(JSON.parse(text)).toEqual([value]);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it("orders keys and writes numbers and text as RFC 8785 does", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "CR",
      "1": "One",
      "\u0080": "Control",
      "\ud83d\ude00": 1e21,
      ö: -0,
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":"CR","1":"One","\u0080":"Control","ö":0,"\u20ac":"Euro Sign","\ud83d\ude00":1e+21}',
    );
  });

  it("leaves out what is undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  it.each<[string, object]>([
    ["a cycle", cycle],
    ["NaN", { a: Number.NaN }],
    ["infinity", { a: Number.POSITIVE_INFINITY }],
    ["a lone surrogate", { a: "\ud800" }],
    ["a BigInt", { a: 1n }],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(Error);
  });
});

describe("contentHash", () => {
  it("is the SHA-256 of the canonical JSON", () => {
    fc.assert(
      fc.property(definitions(), (definition) => {
        expect(contentHash(definition)).toBe(sha256(canonicalJson(definition)));
        expect(contentHash({ ...definition, template: `${definition.template}.` })).not.toBe(
          contentHash(definition),
        );
      }),
    );
  });

  it("hashes text as UTF-8", () => {
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256("ä")).toBe("33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc");
  });
});
