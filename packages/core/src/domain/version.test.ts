import { candidate, definitions } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash, sha256 } from "./hash.ts";
import { openRecord, recordHash, recordOf } from "./version.ts";

const AT = "2026-03-01T12:00:00.000Z";

describe("a version record", () => {
  it("opens to the definition it was made of", () => {
    fc.assert(
      fc.property(definitions(), (definition) => {
        const record = recordOf({ definition, source: {} }, 7, AT);
        expect(openRecord(record)).toEqual(definition);
        expect(record).toMatchObject({
          id: definition.id,
          version: definition.version,
          contentHash: contentHash(definition),
          at: AT,
          seq: 7,
        });
      }),
    );
  });

  it("has a hash that covers source, author, dates and time", () => {
    const made = { ...candidate(), created: "2026-01-01", updated: "2026-02-01" };
    const record = recordOf(made, 1, AT);
    for (const name of Object.keys(record)) {
      expect(recordHash({ ...record, [name]: "changed" })).not.toBe(recordHash(record));
    }
    const source = { ...made.source, author: "Eve <eve@example.com>" };
    expect(recordHash({ ...record, source })).not.toBe(recordHash(record));
  });

  it("does not open when its text was changed", () => {
    const record = recordOf(candidate(), 1, AT);
    const changed = { ...record, definition: record.definition.replace("Classify", "Ignore") };
    expect(() => openRecord(changed)).toThrow(
      expect.objectContaining({
        code: "corrupt-content",
        blame: "service",
        facts: {
          ref: "support.classifier#1",
          expected: record.contentHash,
          actual: sha256(changed.definition),
        },
      }),
    );
  });

  it.each([{ id: "other.prompt" }, { version: 2 }])("does not open when it is filed as %j", (change) => {
    const record = { ...recordOf(candidate(), 1, AT), ...change };
    expect(() => openRecord(record)).toThrow(expect.objectContaining({ code: "corrupt-content" }));
  });
});
