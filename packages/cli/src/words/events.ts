import { knownEvent, type LedgerEvent } from "@promptops/core/domain";
import type { Outcome } from "../outcome.ts";

/** What an event did, in a few words. */
export function describeEvent(event: LedgerEvent): string {
  const known = knownEvent(event);
  switch (known?.type) {
    case undefined:
      return event.type;
    case "PromptPublished":
      return `published #${known.data.version}`;
    case "PromptPinned": {
      const versions = known.data.versions.map(({ version }) => `#${version}`).join(", ");
      if (known.data.forced) return `pinned ${known.data.channel} to ${versions}, without evidence`;
      return known.data.rollback
        ? `rolled ${known.data.channel} back to ${versions}`
        : `pinned ${known.data.channel} to ${versions}`;
    }
    case "PromptUnpinned":
      return `unpinned ${known.data.channel}`;
    case "PromptRetired":
      return "retired";
    case "GatesChanged": {
      const { channels } = known.data;
      return channels.length === 0
        ? "no channel asks for evidence"
        : `${channels.join(", ")} asks for evidence`;
    }
    case "EvaluationRecorded": {
      const { version, pass, passed, cases, accuracy } = known.data;
      return `evaluated #${version}: ${pass ? "passed" : "failed"} with ${(accuracy * 100).toFixed(1)} % (${passed} of ${cases})`;
    }
    case "PromptRestored":
      return "restored";
  }
}

/** The commit that an event names, if it does. */
export function commitOf(event: LedgerEvent): string | undefined {
  const known = knownEvent(event);
  return known !== undefined && "commit" in known.data ? (known.data.commit ?? undefined) : undefined;
}

/** A hash as people quote it. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** An event as `--json` prints it. */
export function eventJson({
  id,
  seq,
  eventId,
  type,
  at,
  actor,
  reason,
  data,
  state,
  hash,
}: LedgerEvent): object {
  return { id, seq, type, at, actor, reason, data, state, eventId, hash };
}

/** An appended event, as the commands that append say it. */
export function appendedLine(event: LedgerEvent): string {
  return `${event.type} ${event.id}: ${describeEvent(event)} (sequence ${event.seq})`;
}

/** What a command that appends at most one event has to say. */
export function appendedOutcome(event: LedgerEvent | undefined, nothingToDo: string): Outcome {
  if (event === undefined) return { json: { event: null }, text: nothingToDo };
  return { json: { event: eventJson(event) }, text: appendedLine(event) };
}
