import { git } from "./git.ts";

/** One file as a commit left it. */
interface Change {
  /** Relative to the repository's root. */
  readonly path: string;
  /** The hash of its content; `undefined` where the commit removed it, or where it is no plain file. */
  readonly blob: string | undefined;
}

/** A commit that touched a folder. */
export interface Commit {
  readonly hash: string;
  /** `Name <email>` */
  readonly author: string;
  /** ISO 8601 in UTC. */
  readonly committedAt: string;
  readonly merge: boolean;
  /** Against its parents; for a merge against each of them. */
  readonly changes: readonly Change[];
}

const START = "\u0001";
const FORMAT = ["%H", "%P", "%an <%ae>", "%ct"].join("%x00");

/**
 * Every commit that HEAD can reach, or the commit `from`, and that touched `below`, parents before children, merges
 * among them: only a merge tells which of two branches' contents was kept.
 *
 * @param below a folder, relative to `folder`.
 */
export async function commitsTouching(
  folder: string,
  below: string,
  from = "HEAD",
): Promise<readonly Commit[]> {
  const printed = await git(
    folder,
    "log",
    "-z",
    "--topo-order",
    "--reverse",
    "--full-history",
    "-m",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-color",
    "--no-show-signature",
    "--encoding=UTF-8",
    `--format=format:%x01${FORMAT}`,
    from,
    "--",
    below,
  );
  return parseLog(printed);
}

/**
 * The log's fields end in NUL. A commit is: hash, parents, author, then time and, after a line feed, its first raw
 * line; then a path and a raw line by turns; an empty field closes it.
 */
function parseLog(printed: string): readonly Commit[] {
  const fields = printed.split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at < fields.length; ) {
    if (!fields[at]?.startsWith(START)) {
      at += 1;
      continue;
    }
    const hash = (fields[at] ?? "").slice(START.length);
    const [time = "", first] = (fields[at + 3] ?? "").split("\n");
    const changes: Change[] = [];
    let raw = first;
    let next = at + 4;
    while (raw?.startsWith(":")) {
      changes.push({ path: fields[next] ?? "", blob: blobOf(raw) });
      raw = fields[next + 1];
      next += raw?.startsWith(":") ? 2 : 1;
    }
    commits.push({
      hash,
      author: fields[at + 2] ?? "",
      committedAt: new Date(Number(time) * 1000).toISOString(),
      merge: (fields[at + 1] ?? "").includes(" "),
      changes,
    });
    at = next;
  }
  return commits;
}

/** `:<old mode> <new mode> <old blob> <new blob> <status>`, where only a mode of 100… is a plain file. */
function blobOf(raw: string): string | undefined {
  const [, mode = "", , blob] = raw.split(" ");
  return mode.startsWith("100") ? blob : undefined;
}
