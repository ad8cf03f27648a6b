import {
  canonicalJson,
  type Evaluation,
  formatRef,
  knownEvent,
  type LedgerEvent,
  type Ref,
  UserError,
} from "@promptops/core/domain";
import { type Ledger, readEvents, readVersion } from "@promptops/core/ledger";
import { append, type Intent } from "./append.ts";
import { requireHead } from "./head.ts";

/**
 * Appends how a version did in its evaluation.
 *
 * @param contentHash of the content that was evaluated.
 * @returns the event, or undefined when the same outcome of the same suite and model is the version's newest evaluation
 *   already.
 * @throws UserError `prompt-not-found`, `version-not-found`; `other-content` when the published version is not the
 *   content that was evaluated.
 */
export function recordEvaluation(
  ledger: Ledger,
  ref: Ref,
  contentHash: string,
  evaluation: Evaluation,
  intent: Intent,
): Promise<LedgerEvent | undefined> {
  const command = {
    id: ref.id,
    async decide(head: LedgerEvent | undefined) {
      requireHead(ref.id, head);
      const record = await readVersion(ledger, ref);
      if (record?.contentHash !== contentHash) throw otherContent(ref, record?.contentHash, contentHash);
      const newest = (await evaluationsOf(ledger, ref.id)).get(contentHash);
      if (newest !== undefined && sameOutcome(newest, evaluation)) return undefined;
      const data = { version: ref.version, contentHash, ...evaluation };
      return { type: "EvaluationRecorded" as const, data };
    },
  };
  return append(ledger, command, intent);
}

/** The newest evaluation of each content of a prompt, by content hash. */
export async function evaluationsOf(ledger: Ledger, id: string): Promise<ReadonlyMap<string, Evaluation>> {
  const newest = new Map<string, Evaluation>();
  for await (const event of readEvents(ledger, id)) {
    const known = knownEvent(event);
    if (known?.type !== "EvaluationRecorded" || newest.has(known.data.contentHash)) continue;
    newest.set(known.data.contentHash, known.data);
  }
  return newest;
}

/** Whether the newest evaluation of exactly this content passed. */
export async function hasEvidence(ledger: Ledger, id: string, contentHash: string): Promise<boolean> {
  return (await evaluationsOf(ledger, id)).get(contentHash)?.pass ?? false;
}

function sameOutcome(a: Evaluation, b: Evaluation): boolean {
  const outcome = ({ suiteHash, model, provider, pass, passed, cases }: Evaluation) =>
    canonicalJson([suiteHash, model, provider, pass, passed, cases]);
  return outcome(a) === outcome(b);
}

function otherContent(ref: Ref, published: string | undefined, evaluated: string): UserError {
  const name = formatRef(ref);
  if (published === undefined) {
    return new UserError("version-not-found", `${name} was never published`, {
      hint: "Publish it first: promptops sync",
      facts: { ...ref },
    });
  }
  return new UserError("other-content", `${name} was evaluated with other content than is published`, {
    hint: "Raise the version of the changed file and sync it, then evaluate it.",
    facts: { ...ref, published, evaluated },
  });
}
