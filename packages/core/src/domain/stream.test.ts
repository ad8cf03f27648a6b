import { drafts, evaluation } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Draft,
  defaultOf,
  eventHash,
  evolve,
  initial,
  knownEvent,
  type LedgerEvent,
  type Pin,
  seal,
  type VersionMark,
} from "./stream.ts";

const ID = "support.classifier";
const dates = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true });
const writes = fc.array(fc.record({ draft: drafts(), now: dates }), { minLength: 1, maxLength: 30 });

type Write = { readonly draft: Draft; readonly now: Date };

function stream(sequence: readonly Write[]): readonly LedgerEvent[] {
  const events: LedgerEvent[] = [];
  for (const [at, { draft, now }] of sequence.entries()) {
    events.push(seal(ID, events.at(-1), draft, { actor: "ada", now, eventId: `event-${at}` }));
  }
  return events;
}

/** The pins of a stream, by looking back from its end for the last word on each channel. */
function pinsOf(sequence: readonly Draft[]): Record<string, Pin> {
  const pins: Record<string, Pin> = {};
  for (const channel of ["live", "canary", "constructor", "to-string"]) {
    const at = sequence.findLastIndex(
      ({ type, data }) => (type === "PromptPinned" || type === "PromptUnpinned") && data.channel === channel,
    );
    const last = sequence[at];
    if (last?.type === "PromptPinned") pins[channel] = { seq: at + 1, versions: last.data.versions };
  }
  return pins;
}

/** The first to publish the highest version. */
function latestOf(sequence: readonly Draft[]): VersionMark | null {
  const published = sequence.flatMap(({ type, data }) => (type === "PromptPublished" ? [data] : []));
  const highest = Math.max(...published.map(({ version }) => version));
  const found = published.find(({ version }) => version === highest);
  return found === undefined ? null : { version: found.version, contentHash: found.contentHash };
}

function retiredIn(sequence: readonly Draft[]): boolean {
  const last = sequence.findLast(({ type }) => type === "PromptRetired" || type === "PromptRestored");
  return last?.type === "PromptRetired";
}

describe("a stream", () => {
  it("carries in each event the state that follows from all up to it", () => {
    fc.assert(
      fc.property(writes, (sequence) => {
        let folded = initial;
        for (const event of stream(sequence)) {
          const known = knownEvent(event);
          if (known !== undefined) folded = evolve(folded, event.seq, known);
          expect(event.state).toEqual(folded);
          const upTo = sequence.slice(0, event.seq).map(({ draft }) => draft);
          expect(event.state).toMatchObject({ latest: latestOf(upTo), retired: retiredIn(upTo) });
          expect(event.state.pins).toEqual(pinsOf(upTo));
        }
      }),
    );
  });

  it("is numbered without gaps, and its time never goes back nor falls behind a writer's clock", () => {
    fc.assert(
      fc.property(writes, (sequence) => {
        let before = "";
        for (const [at, event] of stream(sequence).entries()) {
          const now = sequence[at]?.now.toISOString() ?? "";
          expect(event.seq).toBe(at + 1);
          expect(event.at).toBe(now > before ? now : before);
          before = event.at;
        }
      }),
    );
  });

  it("is chained by hashes that cover everything else in an event", () => {
    fc.assert(
      fc.property(writes, (sequence) => {
        const events = stream(sequence);
        for (const [at, event] of events.entries()) {
          expect(event.prevHash).toBe(events[at - 1]?.hash ?? null);
          expect(event.hash).toBe(eventHash(event));
          for (const name of Object.keys(event).filter((key) => key !== "hash")) {
            expect(eventHash({ ...event, [name]: "changed" })).not.toBe(event.hash);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("never changes what it is folded from", () => {
    fc.assert(
      fc.property(writes, drafts(), (sequence, next) => {
        const state = stream(sequence).at(-1)?.state ?? initial;
        const copy = structuredClone(state);
        evolve(state, 99, next);
        expect(state).toEqual(copy);
      }),
    );
  });
});

describe("gates", () => {
  const published = (version: number, ...gates: string[]): Draft => ({
    type: "PromptPublished",
    data: { ...mark(version), itemHash: "", owner: "o", parent: null, commit: null, gates },
  });
  const evaluated = (version: number, pass: boolean): Draft => ({
    type: "EvaluationRecorded",
    data: { ...evaluation, ...mark(version), pass },
  });
  const mark = (version: number): VersionMark => ({ version, contentHash: `hash of ${version}` });
  it.each<[string, readonly Draft[], number | null]>([
    ["lets nothing through at first", [published(1, "live")], null],
    ["opens with a passing evaluation", [published(1, "live"), evaluated(1, true)], 1],
    ["stays shut after a failing one", [published(1, "live"), evaluated(1, false)], null],
    ["keeps what was served before it was there", [published(1), published(2, "live")], 1],
    ["keeps the version that passed", [published(1, "live"), evaluated(1, true), published(2, "live")], 1],
    ["never goes back", [published(1), published(2), published(3, "live"), evaluated(1, true)], 2],
    ["is of one channel", [published(1), published(2, "canary")], 2],
    ["is gone when a version does not ask for it", [published(1, "live"), published(2)], 2],
  ])("%s", (_, sequence, version) => {
    const { state } = stream(sequence.map((draft) => ({ draft, now: new Date(0) }))).at(-1) as LedgerEvent;
    expect(defaultOf(state, "live")?.version ?? null).toBe(version);
  });
});

describe("knownEvent", () => {
  const [event] = stream([{ draft: { type: "PromptRestored", data: {} }, now: new Date(0) }]);

  it.each([
    [{}, true],
    [{ type: "DriftDetected" }, false],
    [{ type: "constructor" }, false],
    [{ schema: 2 }, false],
  ])("%j", (change, known) => {
    expect(knownEvent({ ...(event as LedgerEvent), ...change }) !== undefined).toBe(known);
  });
});
