import { describe, expect, it } from "vitest";
import { modelsIn } from "../events/models.ts";
import { addressIn, snapshotIn, windowsIn } from "./environment.ts";

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

describe("windowsIn", () => {
  const defaults = {
    ttlMs: 30_000,
    staleWhileRevalidateMs: 60_000,
    staleIfErrorMs: 86_400_000,
    deadlineMs: 150,
  };

  it.each([
    [{}, {}],
    [{ PROMPTOPS_TTL_MS: "", PROMPTOPS_STALE_IF_ERROR_MS: "" }, {}],
    [{ PROMPTOPS_TTL_MS: "0" }, { ttlMs: 0 }],
    [{ PROMPTOPS_TTL_MS: "1500" }, { ttlMs: 1500 }],
    [{ PROMPTOPS_STALE_WHILE_REVALIDATE_MS: "10" }, { staleWhileRevalidateMs: 10 }],
    [{ PROMPTOPS_STALE_IF_ERROR_MS: "3600000" }, { staleIfErrorMs: 3_600_000 }],
  ])("%j is the default but for %j", (environment, different) => {
    expect(windowsIn(environment)).toEqual({ ...defaults, ...different });
  });

  it.each(["-1", "soon", "1s", "Infinity", "NaN"])("%s is no window", (text) => {
    for (const name of ["TTL", "STALE_WHILE_REVALIDATE", "STALE_IF_ERROR"]) {
      expect(() => windowsIn({ [`PROMPTOPS_${name}_MS`]: text })).toThrow(
        expect.objectContaining({
          code: "malformed-setting",
          message: expect.stringContaining(`PROMPTOPS_${name}_MS`),
        }),
      );
    }
  });
});

describe.each([
  ["snapshotIn", snapshotIn, "PROMPTOPS_SNAPSHOT"],
  ["modelsIn", modelsIn, "PROMPTOPS_MODELS"],
])("%s", (_, find, setting) => {
  it("is the file that is set, and none of a layer's that is not there", () => {
    expect(find({ [setting]: "/a/file" })).toBe("/a/file");
    expect(find({ [setting]: "" })).toBeUndefined();
    expect(find({ LAMBDA_TASK_ROOT: "/var/task" })).toBeUndefined();
  });
});
