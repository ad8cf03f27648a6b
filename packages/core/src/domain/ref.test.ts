import { promptIds, refs } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRef, isPromptId, isVersion, MAX_ID_LENGTH, parsePartialRef, parseRef } from "./ref.ts";

const malformed = expect.objectContaining({ code: "malformed-ref", blame: "user" });

describe("refs", () => {
  it("are read as they are written", () => {
    fc.assert(
      fc.property(refs(), (ref) => {
        expect(parseRef(formatRef(ref))).toEqual(ref);
        expect(parsePartialRef(formatRef(ref))).toEqual(ref);
        expect(parsePartialRef(ref.id)).toEqual({ id: ref.id });
      }),
    );
  });

  it("have one spelling each", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), refs().map(formatRef)), (text) => {
        try {
          expect(formatRef(parseRef(text))).toBe(text);
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
    );
  });

  it.each(["a.b#", "a.b#0", "a.b#01", "a.b#-1", "a.b#1.0", "a.b#1e3", "a.b#1 ", "a.b#1#2", "a.b#1000000000"])(
    "name a whole version: %s",
    (text) => {
      expect(() => parseRef(text)).toThrow(malformed);
      expect(() => parsePartialRef(text)).toThrow(malformed);
    },
  );

  it("name a version at all, unless they need not", () => {
    expect(() => parseRef("a.b")).toThrow(malformed);
  });
});

describe("ids", () => {
  it.each(["a.b", "customer-support.intent-classifier", "a1.2b.c-3", "0.0"])("%s is one", (id) => {
    expect(isPromptId(id)).toBe(true);
  });

  it.each([
    "",
    "a",
    "a.",
    ".a",
    "a..b",
    "A.b",
    "a_b.c",
    "a-.b",
    "-a.b",
    "a--b.c",
    "a.b\n",
    " a.b",
    "ä.b",
    "a/b.c",
  ])("%j is none", (id) => {
    expect(isPromptId(id)).toBe(false);
    expect(() => parsePartialRef(id)).toThrow(malformed);
  });

  it("have a greatest length", () => {
    const longest = `${"a".repeat(MAX_ID_LENGTH - 2)}.b`;
    expect(isPromptId(longest)).toBe(true);
    expect(isPromptId(`a${longest}`)).toBe(false);
  });

  it("hold no character that separates parts of a key", () => {
    fc.assert(fc.property(promptIds(), (id) => isPromptId(id) && !/[# /]/.test(id)));
  });
});

describe("versions", () => {
  it.each([1, 10, 999_999_999])("%d is one", (value) => expect(isVersion(value)).toBe(true));

  it.each([0, -1, 1.5, 1e9, 1e21, Number.NaN, Number.POSITIVE_INFINITY, "1", 1n, null, undefined])(
    "%s is none",
    (value) => expect(isVersion(value)).toBe(false),
  );
});
