import type { Candidate } from "@promptops/core/domain";
import { type Ledger, readEvents, readHead, readIds } from "@promptops/core/ledger";
import { candidate, describeLedgers, intent, version, versions, withInsert } from "@promptops/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { backfill, pin, plan, restore, retire, type Step, sync, verify } from "./index.ts";

const REPO = { repo: "acme/prompts" };

/** `count` prompts, in the order of their ids. */
function prompts(count: number, template = "Text"): readonly Candidate[] {
  return Array.from({ length: count }, (_, at) =>
    candidate({ id: `team.prompt-${String(at).padStart(4, "0")}`, template }),
  );
}

function actions(steps: readonly Step[]): Record<string, string> {
  return Object.fromEntries(steps.map(({ id, action }) => [id, action]));
}

describeLedgers((newLedger) => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await newLedger();
  });

  const countEvents = async () => {
    const ids = await Array.fromAsync(readIds(ledger));
    const heads = await Promise.all(ids.map((id) => readHead(ledger, id)));
    return heads.reduce((sum, head) => sum + (head?.seq ?? 0), 0);
  };
  const notesOf = async (offered: Candidate) => (await plan(ledger, [offered], REPO))[0]?.notes;
  const expectSound = async () => expect((await verify(ledger)).misfits).toEqual([]);

  describe("sync", () => {
    it("does what the plan says, once", async () => {
      await sync(ledger, [candidate({ id: "a.old" }), candidate({ id: "b.same" })], intent, REPO);
      const now = [candidate({ id: "b.same" }), candidate({ id: "c.new" })];
      const wanted = { "a.old": "retire", "b.same": "unchanged", "c.new": "publish" };
      expect(actions(await plan(ledger, now, REPO))).toEqual(wanted);
      expect(await countEvents()).toBe(2);
      const { steps, events } = await sync(ledger, now, intent, REPO);
      expect(actions(steps)).toEqual(wanted);
      expect(events.map(({ id, type }) => `${id} ${type}`)).toEqual([
        "c.new PromptPublished",
        "a.old PromptRetired",
      ]);
      const again = await sync(ledger, now, intent, REPO);
      expect(actions(again.steps)).toEqual({ "b.same": "unchanged", "c.new": "unchanged" });
      expect(again.events).toEqual([]);
      await expectSound();
    });

    it("appends nothing when anything is refused", async () => {
      await sync(ledger, [candidate({ id: "b.taken" }), candidate({ id: "d.gone" })], intent, REPO);
      const offered = [
        candidate({ id: "a.new" }),
        candidate({ id: "b.taken", template: "other" }),
        candidate({ id: "c.new" }),
      ];
      const { steps, events } = await sync(ledger, offered, intent, REPO);
      expect(actions(steps)).toEqual({
        "a.new": "publish",
        "b.taken": "refused",
        "c.new": "publish",
        "d.gone": "retire",
      });
      expect(events).toEqual([]);
      expect(await countEvents()).toBe(2);
    });

    it("publishes more prompts than one transaction holds, and says how far it is", async () => {
      const all = prompts(120);
      const progress: string[] = [];
      const { events } = await sync(ledger, all, intent, {
        onAppended: (appended, { done, of }) => progress.push(`${appended.length}: ${done} of ${of}`),
      });
      expect(progress).toEqual(["50: 50 of 120", "50: 100 of 120", "20: 120 of 120"]);
      expect(events.map(({ id }) => id)).toEqual(all.map(({ definition }) => definition.id));
      expect(await Array.fromAsync(readIds(ledger))).toEqual(events.map(({ id }) => id));
    });

    it.each(["x", "字"])("publishes more text than one transaction holds, of %s", async (letter) => {
      const all = prompts(15, letter.repeat(330_000 / Buffer.byteLength(letter)));
      const { events } = await sync(ledger, all, intent);
      expect(events).toHaveLength(all.length);
      await expectSound();
    });

    it("says how far the comparison with the ledger is", async () => {
      const compared: string[] = [];
      const onCompared = ({ done, of }: { done: number; of: number }) => compared.push(`${done} of ${of}`);
      await plan(ledger, [candidate({ id: "a.b" }), candidate({ id: "c.d" })], { onCompared });
      expect(compared).toEqual(["1 of 2", "2 of 2"]);
    });

    it("is finished by running it again when it was interrupted", async () => {
      const all = prompts(120);
      let inserts = 0;
      const failing = withInsert(ledger, async (items) => {
        inserts += 1;
        if (inserts === 2) throw new Error("the power is gone");
        await ledger.insert(items);
      });
      await expect(sync(failing, all, intent)).rejects.toThrow("the power is gone");
      expect(await countEvents()).toBe(50);
      await expectSound();
      expect((await sync(ledger, all, intent)).events).toHaveLength(70);
      expect(await countEvents()).toBe(120);
      await expectSound();
    });
  });

  describe("retiring what is gone", () => {
    it("takes only what this repository published last", async () => {
      const theirs = { repo: "other/prompts" };
      await sync(ledger, [candidate({ id: "a.ours" })], intent, REPO);
      await sync(ledger, [candidate({ id: "b.theirs" }, theirs)], intent, theirs);
      await backfill(ledger, [candidate({ id: "c.nobodys" }, {})], intent);
      await backfill(
        ledger,
        [candidate({ id: "d.moved" }), candidate({ id: "d.moved", version: 2 }, theirs)],
        intent,
      );
      await backfill(ledger, [{ ...candidate({ id: "e.nowhere" }), source: {} }], intent);
      expect(actions(await plan(ledger, [], theirs))).toEqual({ "b.theirs": "retire", "d.moved": "retire" });
      expect(actions(await plan(ledger, [], {}))).toEqual({ "e.nowhere": "retire" });
      const { steps } = await sync(ledger, [], intent, REPO);
      expect(actions(steps)).toEqual({ "a.ours": "retire", "c.nobodys": "retire" });
      expect((await readHead(ledger, "a.ours"))?.state.retired).toBe(true);
      expect((await readHead(ledger, "b.theirs"))?.state.retired).toBe(false);
      expect(await plan(ledger, [], REPO)).toEqual([]);
    });

    it("refuses what a channel pins", async () => {
      await sync(ledger, [candidate({ id: "a.pinned" })], intent, REPO);
      await pin(ledger, { id: "a.pinned", version: 1 }, intent, { channel: "canary" });
      const [step] = await plan(ledger, [], REPO);
      expect(step).toMatchObject({
        action: "refused",
        id: "a.pinned",
        latest: 1,
        path: "prompts/a/pinned.yaml",
        refusal: { code: "pinned", message: expect.stringContaining("canary") },
      });
    });

    it("refuses a new version of what is retired, and publishes it once it is restored", async () => {
      await sync(ledger, [candidate({ id: "a.b" })], intent, REPO);
      await retire(ledger, "a.b", intent);
      const second = version("a.b", 2);
      const refused = await sync(ledger, [second], intent, REPO);
      expect(refused.steps).toMatchObject([{ action: "refused", refusal: { code: "prompt-retired" } }]);
      await restore(ledger, "a.b", intent);
      const { events } = await sync(ledger, [second], intent, REPO);
      expect(events).toMatchObject([{ type: "PromptPublished", seq: 4 }]);
    });
  });

  describe("notes", () => {
    it("says when a pin keeps a new version from serving, and how to let it", async () => {
      await backfill(ledger, versions("a.b", 2), intent);
      await pin(ledger, { id: "a.b", version: 1 }, intent);
      const third = candidate({ id: "a.b", version: 3, parent: "a.b#2" });
      expect(await notesOf(third)).toEqual([
        expect.stringMatching(/live is pinned to #1 and goes on serving it;.* pin a\.b#3/),
      ]);
    });

    it("says nothing of a pin of another channel", async () => {
      await backfill(ledger, versions("a.b", 2), intent);
      await pin(ledger, { id: "a.b", version: 1 }, intent, { channel: "canary" });
      expect(await notesOf(candidate({ id: "a.b", version: 3, parent: "a.b#2" }))).toEqual([]);
    });

    it("says that a file holds an older version than the latest", async () => {
      await backfill(ledger, versions("a.b", 3), intent);
      const [step] = await plan(ledger, [version("a.b", 2)], REPO);
      expect(step).toMatchObject({ action: "unchanged", version: 2, latest: 3 });
      expect(step?.notes).toEqual([expect.stringMatching(/latest is #3.* pin a\.b#2/)]);
    });

    it("says that an unchanged prompt is retired", async () => {
      await sync(ledger, [candidate({ id: "a.b" })], intent, REPO);
      await retire(ledger, "a.b", intent);
      expect(await notesOf(candidate({ id: "a.b" }))).toEqual([
        expect.stringContaining("promptops restore a.b"),
      ]);
    });
  });

  describe("backfill", () => {
    it("publishes the versions below the latest, and leaves what serves", async () => {
      await sync(ledger, [version("a.b", 3)], intent, REPO);
      const history = versions("a.b", 3);
      const { events, unchanged, refused } = await backfill(ledger, history, intent);
      expect(events.map(({ data }) => data.version)).toEqual([1, 2]);
      expect(unchanged).toEqual(["a.b#3"]);
      expect(refused).toEqual([]);
      const newestFirst = await Array.fromAsync(readEvents(ledger, "a.b"));
      expect(newestFirst.map(({ state }) => state.latest?.version)).toEqual([3, 3, 3]);
      expect(newestFirst.map(({ data }) => data.commit)).toEqual(
        [2, 1, 3].map((version) => history[version - 1]?.source.commit),
      );
      const again = await backfill(ledger, history, intent);
      expect(again).toMatchObject({ events: [], unchanged: ["a.b#1", "a.b#2", "a.b#3"], refused: [] });
      await expectSound();
    });

    it("goes on after a refusal, and says how far it is", async () => {
      const progress: string[] = [];
      const { events, refused } = await backfill(
        ledger,
        [
          version("a.b", 1),
          candidate({ id: "a.b", template: "the same version, rewritten" }),
          version("a.b", 2),
          candidate({ id: "a.b", version: 3, parent: "nobody.here#1" }),
          candidate({ id: "c.d" }),
        ],
        intent,
        { onAppended: (_, { done, of }) => progress.push(`${done} of ${of}`) },
      );
      expect(events.map(({ id, data }) => `${id}#${data.version}`)).toEqual(["a.b#1", "a.b#2", "c.d#1"]);
      expect(refused.map(({ ref, error }) => `${ref} ${error.code}`)).toEqual([
        "a.b#1 version-taken",
        "a.b#3 unknown-parent",
      ]);
      expect(progress.at(-1)).toBe("5 of 5");
      await expectSound();
    });

    it("counts a parent that comes later in the same history as known", async () => {
      await sync(ledger, [candidate({ id: "a.b" })], intent);
      const { events, refused } = await backfill(
        ledger,
        [candidate({ id: "a.b", version: 2, parent: "z.late#1" }), candidate({ id: "z.late" })],
        intent,
      );
      expect(refused).toEqual([]);
      expect(events).toHaveLength(2);
    });

    it("does not swallow a ledger that fails", async () => {
      const failing = withInsert(ledger, async () => {
        throw new Error("the power is gone");
      });
      await expect(backfill(failing, versions("a.b", 2), intent)).rejects.toThrow("the power is gone");
    });
  });
});
