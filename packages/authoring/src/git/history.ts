import { type Candidate, contentHash, formatRef, parentsFirst, UserError } from "@promptops/core/domain";
import { aboutFile, type Diagnostic } from "../diagnostics/diagnostics.ts";
import { Includes } from "../prompts/includes.ts";
import { MAX_PROMPT_BYTES, type ParsedPrompt, parsePrompt } from "../prompts/parse-prompt.ts";
import { kindOf, PROMPTS_FOLDER, pathProblem } from "../prompts/prompt-path.ts";
import { tooLarge } from "../yaml/source-text.ts";
import { type Blob, type ReadBlob, withBlobs } from "./git-blobs.ts";
import { type Commit, commitsTouching } from "./git-log.ts";
import { type Environment, repositoryOf, runUrlOf } from "./repository.ts";
import { madeBy } from "./source.ts";

/** One content that a version had, and the commit that gave it. */
export interface Variant {
  readonly commit: string;
  readonly contentHash: string;
}

/** A version whose content was changed without a new version number. */
export interface Rewritten {
  readonly id: string;
  readonly version: number;
  /** The content it had last, which is the one among the versions. */
  readonly kept: Variant;
  /** The contents it had before, or on a branch whose content was not kept. */
  readonly dropped: readonly Variant[];
}

/** A file that a commit left in a state that is no valid prompt. */
export interface Skipped {
  readonly commit: string;
  /** Relative to the root, as it was then. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface History {
  /** Each version once, oldest first; never before its parent or before a lower version of the same prompt. */
  readonly versions: readonly Candidate[];
  readonly rewritten: readonly Rewritten[];
  readonly skipped: readonly Skipped[];
  /** Whether the clone is shallow, so that older versions cannot be seen. */
  readonly shallow: boolean;
}

/** One content of a version, and where it came from. */
interface Origin {
  readonly commit: Commit;
  readonly position: number;
  readonly file: string;
  /** Reads it again; present where its text includes others, which are put in once all versions are known. */
  readonly reread?: () => ParsedPrompt;
}

/** A version as the commits read so far leave it. */
interface Kept {
  candidate: Candidate;
  /** Of what is written, includes not in place. */
  hash: string;
  origin: Origin;
  /** By hash. */
  readonly variants: Map<string, Origin>;
}

/**
 * Finds every version of every prompt that the commits below HEAD hold, merged branches included. Where the content of
 * one version changed without a new number, the last content counts: it was in use last. Included texts are in place,
 * taken from the versions found; a version whose includes are not among them is skipped. What is not committed is not
 * looked at.
 *
 * @throws UserError `no-git` outside a git work tree, `git-failed` when git cannot read its own repository.
 */
export async function history(root: string, env: Environment = process.env): Promise<History> {
  const repository = await repositoryOf(root, env);
  if (repository === undefined) {
    throw new UserError("no-git", `${root} is in no git repository`, {
      hint: "Older versions are found in git alone.",
    });
  }
  const { prefix, shallow, hasCommits, facts } = repository;
  const commits = hasCommits ? await commitsTouching(root, PROMPTS_FOLDER) : [];
  const runUrl = runUrlOf(env);
  const reader = new HistoryReader(prefix, { ...facts, ...(runUrl !== undefined && { runUrl }) });
  if (commits.length > 0) {
    await withBlobs(root, MAX_PROMPT_BYTES, async (read) => {
      for (const [position, commit] of commits.entries()) await reader.read(commit, position, read);
    });
  }
  return { ...(await reader.found()), shallow };
}

class HistoryReader {
  readonly #prefix: string;
  readonly #facts: Candidate["source"];
  readonly #kept = new Map<string, Kept>();
  /** What each content at each path was found to be, so that a merge need not read it again. */
  readonly #known = new Map<string, { readonly ref: string; readonly hash: string } | "skipped">();
  readonly #skipped: Skipped[] = [];

  constructor(prefix: string, facts: Candidate["source"]) {
    this.#prefix = prefix;
    this.#facts = facts;
  }

  /** Takes in a commit's changes. Commits must come parents first. */
  async read(commit: Commit, position: number, readBlob: ReadBlob): Promise<void> {
    for (const { path, blob } of commit.changes) {
      const file = path.slice(this.#prefix.length);
      if (blob === undefined || kindOf(file) !== "wanted") continue;
      const key = `${blob} ${file}`;
      const known = this.#known.get(key);
      if (known === "skipped" || (known && this.#kept.get(known.ref)?.hash === known.hash)) continue;
      const content = await readBlob(blob);
      const { definition: whole, dates, diagnostics, draft } = parseBlob(file, content);
      const definition = whole ?? draft?.written;
      if (definition === undefined) {
        this.#known.set(key, "skipped");
        this.#skipped.push({ commit: commit.hash, file, diagnostics });
        continue;
      }
      const ref = formatRef(definition);
      const hash = contentHash(definition);
      this.#known.set(key, { ref, hash });
      const kept = this.#kept.get(ref);
      if (kept?.hash === hash) continue;
      const variants: Kept["variants"] = kept?.variants ?? new Map();
      // A merge passes on what a branch made, unless it made something new.
      const origin: Origin = (commit.merge ? variants.get(hash) : undefined) ?? {
        commit,
        position,
        file,
        ...(draft && { reread: () => parseBlob(file, content) }),
      };
      variants.set(hash, origin);
      const source = { ...this.#facts, ...madeBy(origin.commit), path };
      this.#kept.set(ref, { candidate: { definition, ...dates, source }, hash, origin, variants });
    }
  }

  async found(): Promise<Omit<History, "shallow">> {
    const includes = new Includes({
      parse: (ref) => this.#parsed(ref),
      find: async () => undefined,
      missing: (ref) => ({ code: "include-missing", problem: `history holds no ${ref}` }),
    });
    const candidates: Candidate[] = [];
    const rewritten: Rewritten[] = [];
    for (const kept of [...this.#kept.values()].toSorted((a, b) => a.origin.position - b.origin.position)) {
      const { candidate, origin, variants } = kept;
      const { definition, diagnostics } = origin.reread
        ? await includes.finish(origin.reread())
        : { ...candidate, diagnostics: [] };
      if (definition === undefined) {
        this.#skipped.push({ commit: origin.commit.hash, file: origin.file, diagnostics });
        continue;
      }
      candidates.push({ ...candidate, definition });
      if (variants.size > 1) rewritten.push(await rewrittenOf(kept, includes));
    }
    return { versions: parentsFirst(candidates), rewritten, skipped: this.#skipped };
  }

  #parsed(ref: string): ParsedPrompt | undefined {
    const kept = this.#kept.get(ref);
    if (kept === undefined) return undefined;
    const { definition } = kept.candidate;
    return kept.origin.reread?.() ?? { definition, ref, dates: {}, diagnostics: [] };
  }
}

function parseBlob(file: string, blob: Blob): ParsedPrompt {
  const misnamed = pathProblem(file);
  if (misnamed) return { dates: {}, diagnostics: [aboutFile(file, misnamed)] };
  if (Buffer.isBuffer(blob)) return parsePrompt(file, blob);
  const problem = blob
    ? tooLarge(blob.size, MAX_PROMPT_BYTES)
    : ({ code: "unreadable", problem: "its content is not in this clone" } as const);
  return { dates: {}, diagnostics: [aboutFile(file, problem)] };
}

async function rewrittenOf({ candidate, hash, variants }: Kept, includes: Includes): Promise<Rewritten> {
  const { id, version } = candidate.definition;
  const all = await Promise.all(
    [...variants].map(async ([written, { commit, reread }]) => {
      const whole = reread && (await includes.finish(reread())).definition;
      return { written, commit: commit.hash, contentHash: whole ? contentHash(whole) : written };
    }),
  );
  const variant = ({ commit, contentHash: of }: (typeof all)[number]): Variant => ({
    commit,
    contentHash: of,
  });
  const kept = all.find(({ written }) => written === hash);
  if (kept === undefined) throw new Error(`${formatRef({ id, version })} lost its own content`);
  return { id, version, kept: variant(kept), dropped: all.filter((each) => each !== kept).map(variant) };
}
