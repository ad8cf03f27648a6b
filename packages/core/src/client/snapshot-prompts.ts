import { readFileSync } from "node:fs";
import { isPromptOpsError, ServiceError } from "../domain/errors.ts";
import type { Ref } from "../domain/ref.ts";
import { parseSnapshot } from "../domain/snapshot.ts";
import type { State } from "../domain/stream.ts";
import { HeldVersion } from "./held-version.ts";

/** A prompt of a snapshot, its versions opened. */
interface Entry {
  readonly state: State;
  readonly versions: ReadonlyMap<number, HeldVersion>;
}

/** The prompts of the snapshot that was shipped with a program. The file is read when it is first needed. */
export class SnapshotPrompts {
  readonly #file: string | undefined;
  #prompts: ReadonlyMap<string, Entry> | undefined;
  /** When the ledger was as the snapshot says. */
  asOf = 0;

  /** @param file none for a program without a snapshot. */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /**
   * @param failure why the snapshot is looked at: the ledger's failure.
   * @throws ServiceError `corrupt-snapshot`, `corrupt-content`, or `no-snapshot` when the file cannot be read; its
   *   cause is the ledger's failure.
   */
  state(id: string, failure: unknown): State | undefined {
    return this.#read(failure).get(id)?.state;
  }

  /** @throws as {@link state} does. */
  version({ id, version }: Ref, failure: unknown): HeldVersion | undefined {
    return this.#read(failure).get(id)?.versions.get(version);
  }

  #read(failure: unknown): ReadonlyMap<string, Entry> {
    try {
      this.#prompts ??= this.#load();
      return this.#prompts;
    } catch (problem) {
      if (!isPromptOpsError(problem)) throw problem;
      const { code, message, hint, facts } = problem;
      const because = failure instanceof Error ? failure.message : String(failure);
      throw new ServiceError(code, `${message}; it was needed because ${because}`, {
        ...(hint === undefined ? {} : { hint }),
        facts,
        cause: failure,
      });
    }
  }

  #load(): ReadonlyMap<string, Entry> {
    if (this.#file === undefined) return new Map();
    const { asOf, prompts } = parseSnapshot(readText(this.#file), this.#file);
    this.asOf = asOf === null ? 0 : Date.parse(asOf);
    return new Map(
      prompts.map(({ id, seq, at, state, versions }) => [
        id,
        {
          state,
          versions: new Map(
            versions.map((one) => [one.version, new HeldVersion({ ...one, id, seq, at, source: {} })]),
          ),
        },
      ]),
    );
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ServiceError(
      "no-snapshot",
      `the snapshot ${file} cannot be read: ${(error as Error).message}`,
      {
        hint: "Ship the file with the program, or leave PROMPTOPS_SNAPSHOT out.",
        facts: { snapshot: file },
        cause: error,
      },
    );
  }
}
