import { definitions, storableJson } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSnapshot, parseSnapshot, type SnapshotPrompt } from "./snapshot.ts";
import { initial } from "./stream.ts";
import { recordOf } from "./version.ts";

const prompts: fc.Arbitrary<readonly SnapshotPrompt[]> = fc.uniqueArray(
  fc
    .record({ definition: definitions(), at: fc.date({ noInvalidDate: true }), actor: storableJson() })
    .map(({ definition, at }): SnapshotPrompt => {
      const { version, contentHash, definition: text } = recordOf({ definition, source: {} }, 1, "");
      const state = { ...initial, latest: { version, contentHash } };
      const versions = [{ version, contentHash, definition: text }];
      return { id: definition.id, seq: 1, at: at.toISOString(), state, versions };
    }),
  { selector: ({ id }) => id, maxLength: 5 },
);

describe("a snapshot", () => {
  it("is read as it was written, whatever is in it, and the same prompts give the same bytes", () => {
    fc.assert(
      fc.property(prompts, (all) => {
        const text = formatSnapshot(all);
        const { prompts: read, asOf } = parseSnapshot(text, "s");
        expect(read).toEqual(all.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
        expect(asOf).toBe(
          all
            .map(({ at }) => at)
            .sort()
            .at(-1) ?? null,
        );
        expect(formatSnapshot(all.toReversed())).toBe(text);
      }),
    );
  });

  it("is refused when a byte of it is another", () => {
    fc.assert(
      fc.property(
        prompts.filter((all) => all.length > 0),
        fc.nat(),
        (all, place) => {
          const text = formatSnapshot(all);
          const header = text.indexOf("\n") + 1;
          const at = header + (place % (text.length - header));
          const changed = `${text.slice(0, at)}${text[at] === "x" ? "y" : "x"}${text.slice(at + 1)}`;
          expect(() => parseSnapshot(changed, "s.jsonl")).toThrow(
            expect.objectContaining({
              code: "corrupt-snapshot",
              message: expect.stringContaining("s.jsonl"),
            }),
          );
        },
      ),
    );
  });

  it.each(["", "\n", "{}", "null\n", "[]\n", '{"format":"other"}\n', "not JSON\n"])("is not %j", (text) => {
    expect(() => parseSnapshot(text, "s")).toThrow(expect.objectContaining({ code: "corrupt-snapshot" }));
  });
});
