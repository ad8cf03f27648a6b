import { MemoryLedger } from "@promptops/core/memory";
import { candidate, intent } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pin, resolve, rollback, sync, unpin, verify } from "./index.ts";

const ID = "support.classifier";

type Move = "publish" | "unpin" | "rollback" | { readonly pin: number };

const moves = fc.array(
  fc.oneof(
    fc.constantFrom<Move>("publish", "unpin"),
    { weight: 2, arbitrary: fc.constant<Move>("rollback") },
    fc.integer({ min: 1, max: 6 }).map((version): Move => ({ pin: version })),
  ),
  { maxLength: 25 },
);

describe("rollback", () => {
  it("goes back through what was served, like a pile whose top it takes off", async () => {
    await fc.assert(
      fc.asyncProperty(moves, async (sequence) => {
        const ledger = new MemoryLedger();
        let latest = 0;
        const publish = () => {
          latest += 1;
          return sync(ledger, [candidate({ id: ID, version: latest })], intent);
        };
        const served = async () => (await resolve(ledger, ID)).versions[0]?.version;
        await publish();
        const pile = [1];
        for (const move of sequence) {
          if (move === "rollback" && pile.length === 1) {
            await expect(rollback(ledger, ID, intent)).rejects.toMatchObject({ code: "nothing-before" });
          } else if (move === "rollback") {
            pile.pop();
            await rollback(ledger, ID, intent);
          } else {
            if (move === "publish") await publish();
            else if (move === "unpin") await unpin(ledger, ID, intent);
            else await pin(ledger, { id: ID, version: Math.min(move.pin, latest) }, intent);
            const now = await served();
            if (now !== undefined && now !== pile.at(-1)) pile.push(now);
          }
          expect(await served()).toBe(pile.at(-1));
        }
        expect((await verify(ledger)).misfits).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
