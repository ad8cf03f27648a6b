import { contentHash, formatRef, type PromptDefinition } from "@promptops/core/domain";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { PastVersions } from "./past-versions.ts";

/** What is wrong with a version number or a parent, and the field that is to be changed. */
export interface VersionProblem {
  readonly field: "version" | "parent";
  readonly problem: Problem;
}

/** What a prompt's version is judged by. */
export interface VersionFacts {
  readonly now: PromptDefinition;
  /** The prompt in the base; absent where it is new. */
  readonly before: PromptDefinition | undefined;
  /** What the base calls itself. */
  readonly base: string;
  readonly past: PastVersions;
  /** Whether a ref is among the files as they are now. */
  readonly isAtHand: (ref: string) => boolean;
  readonly shallow: boolean;
}

/** The rules that versions follow from one commit to the next. The first that is broken is told of. */
export function versionProblem(facts: VersionFacts): VersionProblem | undefined {
  return againstBefore(facts) ?? reused(facts) ?? againstParent(facts);
}

function againstBefore({ now, before, base, past }: VersionFacts): VersionProblem | undefined {
  if (before === undefined || now.version > before.version) return undefined;
  const next = nextVersion(now.id, past, before);
  if (now.version < before.version) {
    return {
      field: "version",
      problem: {
        code: "version-lowered",
        problem: `the version went from ${before.version} in ${base} back to ${now.version}`,
        expected: "a version that is higher than the one before",
        hint: `For older content again write version: ${next} and parent: ${before.version}. To serve an older version: promptops rollback ${now.id}`,
      },
    };
  }
  if (contentHash(now) === contentHash(before)) return undefined;
  return {
    field: "version",
    problem: {
      code: "version-not-raised",
      problem: `the content is not that of ${formatRef(before)} in ${base}, and the version is the same`,
      expected: "a new version for new content: a published version never changes",
      hint: `Write version: ${next} and parent: ${before.version}.`,
    },
  };
}

function reused({ now, before, past }: VersionFacts): VersionProblem | undefined {
  const hashes = past.hashesOf(formatRef(now));
  if (hashes.size === 0 || hashes.has(contentHash(now))) return undefined;
  const next = nextVersion(now.id, past, before);
  const parent = before?.version ?? next - 1;
  return {
    field: "version",
    problem: {
      code: "version-reused",
      problem: `${formatRef(now)} was there before, with other content`,
      expected: "a version that was never used",
      hint: `Write version: ${next} and parent: ${parent}.`,
    },
  };
}

function againstParent({
  now,
  before,
  base,
  past,
  isAtHand,
  shallow,
}: VersionFacts): VersionProblem | undefined {
  const { parent } = now;
  const former = before && formatRef(before);
  if (parent === undefined) {
    if (before === undefined) return undefined;
    return {
      field: "version",
      problem: {
        code: "missing-parent",
        problem: `version ${now.version} follows ${former} and does not name it`,
        expected: "the version that this one was made from, as parent",
        hint: `Write parent: ${before.version}.`,
      },
    };
  }
  if (parent === former || past.has(parent) || isAtHand(parent)) return undefined;
  const write = before && `Write parent: ${before.version}.`;
  return {
    field: "parent",
    problem: {
      code: "unknown-parent",
      problem: `${parent} is neither in the history of ${base} nor among the files`,
      expected: before ? `the former version, ${former}, or another that exists` : "a version that exists",
      hint: shallow ? "This clone is shallow and may lack it: git fetch --unshallow" : write,
    },
  };
}

function nextVersion(id: string, past: PastVersions, before: PromptDefinition | undefined): number {
  return Math.max(past.highest(id), before?.version ?? 0) + 1;
}
