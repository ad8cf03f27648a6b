import { contentHash, type Evaluation } from "@promptops/core/domain";
import { type Ledger, readHead } from "@promptops/core/ledger";
import { describeLedgers, evaluation, intent, version } from "@promptops/testing";
import { beforeEach, describe, expect, it } from "vitest";
import {
  catalogue,
  evaluationsOf,
  pin,
  plan,
  recordEvaluation,
  resolve,
  rollback,
  sync,
  verify,
} from "./index.ts";

const ID = "support.classifier";
const GATED = { gates: ["live"] };

const failing: Evaluation = { ...evaluation, pass: false, passed: 40, accuracy: 0.4 };

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  const publish = (number: number, options = GATED) => sync(ledger, [version(ID, number)], intent, options);
  const measure = (number: number, outcome = evaluation) =>
    recordEvaluation(ledger, { id: ID, version: number }, hashOf(number), outcome, intent);
  const hashOf = (number: number) => contentHash(version(ID, number).definition);
  const live = async () => (await resolve(ledger, ID)).versions.map((one) => one.version);
  const expectSound = async () => expect((await verify(ledger)).misfits).toEqual([]);

  describe("an evaluation", () => {
    it("is recorded once for the same outcome of the same suite and model", async () => {
      await publish(1);
      expect(await measure(1)).toMatchObject({
        type: "EvaluationRecorded",
        data: { version: 1, contentHash: hashOf(1), ...evaluation },
      });
      expect(await measure(1, { ...evaluation, inputTokens: 1 })).toBeUndefined();
      expect(await measure(1, failing)).toMatchObject({ seq: 3 });
      expect(await measure(1, { ...evaluation, provider: "bedrock" })).toMatchObject({ seq: 4 });
      expect(await measure(1)).toMatchObject({ seq: 5 });
      expect(await evaluationsOf(ledger, ID)).toEqual(
        new Map([[hashOf(1), expect.objectContaining(evaluation)]]),
      );
      await expectSound();
    });

    it("is of what is published and of nothing else", async () => {
      await publish(1);
      const other = recordEvaluation(ledger, { id: ID, version: 1 }, "0".repeat(64), evaluation, intent);
      await expect(other).rejects.toMatchObject({ code: "other-content", facts: { published: hashOf(1) } });
      await expect(measure(2)).rejects.toMatchObject({ code: "version-not-found" });
      const nobody = recordEvaluation(
        ledger,
        { id: "nobody.here", version: 1 },
        hashOf(1),
        evaluation,
        intent,
      );
      await expect(nobody).rejects.toMatchObject({ code: "prompt-not-found" });
      expect((await readHead(ledger, ID))?.seq).toBe(1);
    });
  });

  describe("a gated channel", () => {
    it("serves nothing before the first version passes, and then that", async () => {
      await publish(1);
      expect(await live()).toEqual([]);
      expect(await catalogue(ledger)).toMatchObject([{ id: ID }]);
      expect((await catalogue(ledger))[0]).not.toHaveProperty("live");
      expect((await resolve(ledger, ID, { channel: "canary" })).versions).toMatchObject([{ version: 1 }]);
      await measure(1, failing);
      expect(await live()).toEqual([]);
      await measure(1);
      expect(await live()).toEqual([1]);
      expect((await resolve(ledger, ID)).since?.seq).toBe(3);
      await expectSound();
    });

    it("goes on serving what it served, until the new version passes", async () => {
      await publish(1, { gates: [] });
      const [step] = await plan(ledger, [version(ID, 2)], GATED);
      expect(step?.notes).toEqual([expect.stringMatching(/evidence.* #1;.* promptops eval/)]);
      await publish(2);
      expect(await live()).toEqual([1]);
      await publish(3);
      await measure(3);
      expect(await live()).toEqual([3]);
      await measure(2);
      expect(await live()).toEqual([3]);
      await rollback(ledger, ID, intent);
      expect(await live()).toEqual([1]);
      await expectSound();
    });
  });

  describe("a sync under other settings", () => {
    it("changes the channels that ask for evidence, and nothing that is served", async () => {
      await publish(1, { gates: [] });
      const [step] = await plan(ledger, [version(ID, 1)], GATED);
      expect(step).toMatchObject({ action: "gate" });
      await publish(1);
      expect(await live()).toEqual([1]);
      expect(await plan(ledger, [version(ID, 1)], GATED)).toMatchObject([{ action: "unchanged" }]);
      await publish(2);
      expect(await live()).toEqual([1]);
      await sync(ledger, [version(ID, 2)], intent, { gates: [] });
      expect(await live()).toEqual([2]);
      await expectSound();
    });

    it("lets what a channel serves unpinned be pinned", async () => {
      await publish(1, { gates: [] });
      await publish(1);
      expect(await pin(ledger, { id: ID, version: 1 }, intent)).toMatchObject({ data: { forced: false } });
    });
  });

  describe("a pin that asks for evidence", () => {
    const ref = { id: ID, version: 1 };
    beforeEach(() => publish(1));

    it("is refused without, and recorded as forced where somebody insists", async () => {
      await expect(pin(ledger, ref, intent)).rejects.toMatchObject({
        code: "no-evidence",
      });
      await measure(1, failing);
      await expect(pin(ledger, ref, intent)).rejects.toMatchObject({
        code: "no-evidence",
      });
      const forced = await pin(ledger, ref, intent, { force: true });
      expect(forced).toMatchObject({ data: { forced: true } });
      expect(await live()).toEqual([1]);
    });

    it("goes through with it", async () => {
      await measure(1);
      const pinned = await pin(ledger, ref, intent, { force: true });
      expect(pinned).toMatchObject({ data: { forced: false } });
    });
  });
});
