import { describe, expect, it } from "vitest";
import { addressIn, ttlIn } from "./environment.ts";

describe("addressIn", () => {
  const endpoint = "http://127.0.0.1:8000";

  it.each([
    [{ PROMPTOPS_TABLE: "prompts" }, { table: "prompts" }],
    [{ PROMPTOPS_TABLE: "prompts", PROMPTOPS_ENDPOINT: "" }, { table: "prompts" }],
    [{ PROMPTOPS_ENDPOINT: endpoint }, { table: "promptops", endpoint }],
    [
      { PROMPTOPS_TABLE: "prompts", PROMPTOPS_ENDPOINT: endpoint },
      { table: "prompts", endpoint },
    ],
    [
      { PROMPTOPS_TABLE: "prompts", PROMPTOPS_BLOBS: "s3://large-prompts" },
      { table: "prompts", blobs: "s3://large-prompts" },
    ],
    [{ PROMPTOPS_TABLE: "prompts", PROMPTOPS_BLOBS: "" }, { table: "prompts" }],
  ])("%j", (environment, address) => {
    expect(addressIn(environment)).toEqual(address);
  });

  it.each([{}, { PROMPTOPS_TABLE: "", PROMPTOPS_ENDPOINT: "" }])("names no table: %j", (environment) => {
    expect(() => addressIn(environment)).toThrow(expect.objectContaining({ code: "no-table-named" }));
  });
});

describe("ttlIn", () => {
  it.each([
    [{}, 30_000],
    [{ PROMPTOPS_TTL_MS: "" }, 30_000],
    [{ PROMPTOPS_TTL_MS: "0" }, 0],
    [{ PROMPTOPS_TTL_MS: "1500" }, 1500],
  ])("%j is %i ms", (environment, ttlMs) => {
    expect(ttlIn(environment)).toBe(ttlMs);
  });

  it.each(["-1", "soon", "1s", "Infinity", "NaN"])("%s is none", (text) => {
    expect(() => ttlIn({ PROMPTOPS_TTL_MS: text })).toThrow(
      expect.objectContaining({ code: "malformed-ttl" }),
    );
  });
});
