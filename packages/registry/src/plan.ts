import {
  type Candidate,
  formatRef,
  isPromptOpsError,
  type LedgerEvent,
  parentsFirst,
} from "@promptops/core/domain";
import { type Ledger, readHead, readIds, readVersion } from "@promptops/core/ledger";
import type { Command } from "./append.ts";
import { mapConcurrent } from "./concurrent.ts";
import { heldAt, isKnownParent, type PublishRules, publish } from "./publish.ts";
import { retirement } from "./retire.ts";

/** What a sync would do with one prompt. */
export interface Step {
  /** `gate`: only the channels that ask for evidence change. */
  readonly action: "publish" | "gate" | "unchanged" | "retire" | "refused";
  readonly id: string;
  /** The version in the file; absent when the file is gone. */
  readonly version?: number;
  /** The latest version in the ledger. */
  readonly latest?: number;
  /** The file, where the environment knows it. */
  readonly path?: string;
  /** Why it is refused, and what to do. */
  readonly refusal?: { readonly code: string; readonly message: string; readonly hint?: string };
  /** What the user should know although nothing stands in the way. */
  readonly notes: readonly string[];
}

/** A step with what it takes to carry it out. */
export interface PlannedStep extends Step {
  readonly command: Command;
  readonly head: LedgerEvent | undefined;
}

export interface PlanOptions {
  /** This repository: prompts that were published from it and whose files are gone are retired. */
  readonly repo?: string;
  /** The channels that serve a new version only with evidence. */
  readonly gates?: readonly string[];
  /** Called as prompts are compared with the ledger. */
  readonly onCompared?: (progress: { readonly done: number; readonly of: number }) => void;
}

const READS_IN_FLIGHT = 32;

/** What a sync of these candidates would do: each of them in an order in which parents come first, then what is retired. */
export async function plan(
  ledger: Ledger,
  candidates: readonly Candidate[],
  options: PlanOptions = {},
): Promise<readonly PlannedStep[]> {
  const ordered = parentsFirst(candidates.toSorted(byId));
  const rules = {
    alongside: new Set(ordered.map(({ definition }) => formatRef(definition))),
    older: false,
    gates: options.gates ?? [],
  };
  let done = 0;
  const steps = await mapConcurrent(ordered, READS_IN_FLIGHT, async (candidate) => {
    const step = await planCandidate(ledger, candidate, rules);
    done += 1;
    options.onCompared?.({ done, of: ordered.length });
    return step;
  });
  const present = new Set(ordered.map(({ definition }) => definition.id));
  const absent = (await Array.fromAsync(readIds(ledger))).filter((id) => !present.has(id));
  const retired = await mapConcurrent(absent, READS_IN_FLIGHT, (id) => planRetirement(ledger, id, options));
  return [...steps, ...retired.filter((step) => step !== undefined)];
}

async function planCandidate(
  ledger: Ledger,
  candidate: Candidate,
  rules: PublishRules,
): Promise<PlannedStep> {
  const { id, version } = candidate.definition;
  const head = await readHead(ledger, id);
  const command = publish(ledger, candidate, rules);
  const latest = head?.state.latest?.version;
  const { path } = candidate.source;
  const about = {
    id,
    version,
    ...(latest === undefined ? {} : { latest }),
    ...(path === undefined ? {} : { path }),
  };
  const step = await decide(command, head, about, "publish");
  if (step.action === "refused") return step;
  return { ...step, notes: await notesOn(ledger, candidate, rules, step) };
}

async function notesOn(
  ledger: Ledger,
  candidate: Candidate,
  rules: PublishRules,
  { action, head, id, version, latest = 0 }: PlannedStep,
): Promise<readonly string[]> {
  const ref = formatRef(candidate.definition);
  const notes: string[] = [];
  const held = heldAt(head, candidate.definition.version, rules);
  if (action === "publish") {
    // Of a prompt that has versions already, an unknown parent was refused.
    if (head === undefined && !(await isKnownParent(ledger, candidate, head, rules))) {
      notes.push(
        `parent ${candidate.definition.parent} is not published; promptops backfill finds it if it is in git history`,
      );
    }
    if (held !== undefined) notes.push(holdNote(ref, id, held));
  } else if (head?.state.retired) {
    notes.push(`retired; to serve it again: promptops restore ${id}`);
  } else if (version !== undefined && version < latest) {
    notes.push(`the latest is #${latest}; to serve this one: promptops pin ${ref} --reason …`);
  }
  return notes;
}

function holdNote(ref: string, id: string, held: NonNullable<ReturnType<typeof heldAt>>): string {
  if (held.by === "pin") {
    return `live is pinned to #${held.version} and goes on serving it; to serve this one: promptops pin ${ref} --reason …`;
  }
  const now = held.version === undefined ? "serves nothing yet" : `goes on serving #${held.version}`;
  return `live asks for evidence and ${now}; to serve this one: promptops eval ${id} --append`;
}

/** Retires a prompt whose file is gone, if it came from this repository. */
async function planRetirement(
  ledger: Ledger,
  id: string,
  { repo }: PlanOptions,
): Promise<PlannedStep | undefined> {
  const head = await readHead(ledger, id);
  const latest = head?.state.latest?.version;
  if (head === undefined || latest === undefined || head.state.retired) return undefined;
  const record = await readVersion(ledger, { id, version: latest });
  if (record?.source.repo !== repo) return undefined;
  const { path } = record?.source ?? {};
  return decide(
    retirement(id, false),
    head,
    { id, latest, ...(path === undefined ? {} : { path }) },
    "retire",
  );
}

type About = Pick<Step, "id" | "version" | "latest" | "path">;

async function decide(
  command: Command,
  head: LedgerEvent | undefined,
  about: About,
  action: "publish" | "retire",
): Promise<PlannedStep> {
  const planned = { ...about, command, head, notes: [] };
  try {
    const decision = await command.decide(head);
    if (decision === undefined) return { ...planned, action: "unchanged" };
    return { ...planned, action: decision.type === "GatesChanged" ? "gate" : action };
  } catch (error) {
    if (!isPromptOpsError(error) || error.blame !== "user") throw error;
    const { code, message, hint } = error;
    return {
      ...planned,
      action: "refused",
      refusal: { code, message, ...(hint === undefined ? {} : { hint }) },
    };
  }
}

function byId(a: Candidate, b: Candidate): number {
  return a.definition.id < b.definition.id ? -1 : 1;
}
