import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@promptops/core";
import type { SpillBucket } from "./spilled-file.ts";

/** A bucket's name, and a prefix of the characters that S3 calls safe. */
const S3_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:[\w!.*'()-]+\/)*[\w!.*'()-]+)?\/?)?$/;

/** Where events are spilled by a program that was not told where. */
export function temporarySpill(): string {
  return join(tmpdir(), "promptops-events");
}

export interface SpillPlace {
  /** Where files are written first. */
  readonly folder: string;
  /** Where they go from there, if anywhere. Loads S3's client. */
  readonly openBucket?: () => Promise<SpillBucket>;
}

/**
 * Where events for a stream are spilled: in a folder, or below `s3://bucket/prefix`, on whose way they pass through a
 * folder for temporary files. Each stream has a folder of its own there, since whoever finds events sends them.
 *
 * @throws UserError `malformed-spill`.
 */
export function spillPlace(spill: string, stream: string): SpillPlace {
  if (!spill.startsWith("s3:") && spill !== "") return { folder: join(spill, stream) };
  const [, bucket, prefix] = S3_URL.exec(spill) ?? [];
  if (bucket === undefined) {
    throw new UserError("malformed-spill", `events cannot be spilled to "${spill}"`, {
      hint: "Give a folder, s3://bucket or s3://bucket/prefix.",
    });
  }
  const folder = prefix === undefined ? stream : `${prefix}/${stream}`;
  return {
    folder: join(temporarySpill(), stream),
    openBucket: async () => (await import("./s3-spill.ts")).s3Spill(bucket, folder),
  };
}
