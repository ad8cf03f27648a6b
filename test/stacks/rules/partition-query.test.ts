import { describe, expect, it } from "vitest";
import { partitionOf } from "./partition-query.ts";

describe("partitionOf", () => {
  it.each([
    ["{day:.at[0:10]}", { at: "2026-11-23T10:00:00Z" }, { day: "2026-11-23" }],
    [" { a : .b.c , d : .e } ", { b: { c: 1 }, e: "f" }, { a: 1, d: "f" }],
    ["{day:.at[0:10]}", {}, { day: null }],
    ["{day:.a.b[0:10]}", { a: null }, { day: null }],
  ])("makes of %s and %j what jq does", (query, record, partition) => {
    expect(partitionOf(query, record)).toEqual(partition);
  });

  it.each([
    ["{day:.at[0:10]}", { at: 1 }],
    ["{day:.a.b}", { a: "b" }],
    [".at", {}],
    ["{day:.at|tostring}", {}],
    ["{day:.at[0]}", {}],
    ["{day}", {}],
    ["{day:.at,}", {}],
  ])("throws at %s of %j", (query, record) => {
    expect(() => partitionOf(query, record)).toThrow();
  });
});
