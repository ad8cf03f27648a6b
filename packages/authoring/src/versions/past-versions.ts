import { contentHash, formatRef } from "@promptops/core/domain";
import type { CommittedPrompts } from "../git/committed-prompts.ts";
import { commitsTouching } from "../git/git-log.ts";
import { fileOf, PROMPTS_FOLDER } from "../prompts/prompt-path.ts";

/** The versions that some prompts have had. */
export interface PastVersions {
  /** Whether there was such a version, by its ref. */
  has(ref: string): boolean;
  /** The hashes of the contents that a version had. */
  hashesOf(ref: string): ReadonlySet<string>;
  /** The highest version that a prompt had; 0 where it had none. */
  highest(id: string): number;
}

/** Reads the versions of some prompts that a commit and those before it hold. */
export async function pastVersions(
  root: string,
  { tip, prefix }: { readonly tip: string; readonly prefix: string },
  ids: ReadonlySet<string>,
  committed: CommittedPrompts,
): Promise<PastVersions> {
  const hashes = new Map<string, Set<string>>();
  const highest = new Map<string, number>();
  const files = new Set([...ids].map(fileOf));
  const commits = files.size > 0 ? await commitsTouching(root, PROMPTS_FOLDER, tip) : [];
  for (const { path, blob } of commits.flatMap(({ changes }) => changes)) {
    const file = path.slice(prefix.length);
    if (blob === undefined || !files.has(file)) continue;
    const definition = await committed.read(file, blob);
    if (definition === undefined) continue;
    const { id, version } = definition;
    const ref = formatRef(definition);
    const known = hashes.get(ref) ?? new Set();
    hashes.set(ref, known.add(contentHash(definition)));
    highest.set(id, Math.max(version, highest.get(id) ?? 0));
  }
  return {
    has: (ref) => hashes.has(ref),
    hashesOf: (ref) => hashes.get(ref) ?? new Set(),
    highest: (id) => highest.get(id) ?? 0,
  };
}
