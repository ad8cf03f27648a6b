import { items } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../domain/json.ts";
import { itemSize } from "./item-size.ts";

/**
 * What DynamoDB counts, by its documentation: text and names in UTF-8; a number one byte for every two significant
 * digits, and one more, and one for a sign; null and booleans one; lists and maps three, and one for each member.
 */
function documentedSize(value: JsonValue, numbers: (value: number) => number): number {
  if (value === null || typeof value === "boolean") return 1;
  if (typeof value === "string") return new TextEncoder().encode(value).length;
  if (typeof value === "number") return numbers(value);
  const members = Array.isArray(value) ? value : Object.values(value).concat(Object.keys(value));
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  return members.reduce((sum, member) => sum + documentedSize(member, numbers), 3 + count);
}

function documentedNumber(value: number): number {
  const [mantissa = ""] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "").replace(/0+$/, "").length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

/** An item is like a map, without what a map itself takes. */
function documentedItem(item: Record<string, JsonValue>, numbers: (value: number) => number): number {
  return documentedSize(item, numbers) - 3 - Object.keys(item).length;
}

describe("itemSize", () => {
  it("is never below what DynamoDB counts, and exact but for numbers", () => {
    fc.assert(
      fc.property(items({ pk: "a.b", sk: "0000000001" }), (item) => {
        expect(itemSize(item)).toBeGreaterThanOrEqual(documentedItem(item, documentedNumber));
        expect(itemSize(item)).toBe(documentedItem(item, () => 21));
      }),
      { numRuns: 200 },
    );
  });

  it("counts any number as its greatest size", () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (value) => documentedNumber(value) <= 21));
  });

  it.each<[Record<string, JsonValue>, number]>([
    [{}, 6],
    [{ a: "" }, 7],
    [{ ä: "字" }, 11],
    [{ a: true, b: null }, 10],
    [{ a: [] }, 10],
    [{ a: ["x", "y"] }, 14],
    [{ a: { bc: "d" } }, 14],
  ])("of %j and two keys is %i", (attributes, bytes) => {
    expect(itemSize({ pk: "p", sk: "s", ...attributes })).toBe(bytes);
  });
});
