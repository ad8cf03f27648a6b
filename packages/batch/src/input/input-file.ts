import { createHash } from "node:crypto";
import { createReadStream, globSync, statSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { UserError } from "@promptops/core";
import { isS3, s3Bytes, s3Head, s3Place } from "../s3.ts";

type InputFormat = "csv" | "jsonl" | "parquet";

/** A file of the input, as it was when the run began. */
export interface InputFile {
  /** Its path or its address. */
  readonly place: string;
  readonly format: InputFormat;
  readonly gzip: boolean;
  readonly bytes: number;
  /** SHA-256 of a file's bytes; S3's entity tag of an object. */
  readonly fingerprint: string;
}

/**
 * The files that an input names, sorted: a file, a glob, or an object of S3. Files are read once, for their fingerprints.
 *
 * @throws UserError `no-input`, `unknown-format`.
 */
export async function inputFiles(input: string): Promise<readonly InputFile[]> {
  if (isS3(input)) {
    const { size, tag } = await s3Head(s3Place(input));
    return [{ place: input, ...formatOf(input), bytes: size, fingerprint: tag }];
  }
  const isFile = statSync(input, { throwIfNoEntry: false })?.isFile() ?? false;
  const paths = isFile ? [input] : globSync(input).toSorted();
  if (paths.length === 0) {
    throw new UserError("no-input", `there is no file ${input}`, {
      hint: "Name a file, a glob in quotes, or s3://bucket/key.",
      facts: { input },
    });
  }
  const files: InputFile[] = [];
  for (const place of paths) {
    const { size: bytes } = statSync(place);
    files.push({ place, ...formatOf(place), bytes, fingerprint: await sha256Of(place) });
  }
  return files;
}

function formatOf(place: string): { readonly format: InputFormat; readonly gzip: boolean } {
  const [, ending = "", gz] = /\.(csv|jsonl|ndjson|parquet)(\.gz)?$/i.exec(basename(place)) ?? [];
  const name = ending.toLowerCase();
  const format = name === "ndjson" ? "jsonl" : name;
  if (format === "csv" || format === "jsonl") return { format, gzip: gz !== undefined };
  if (format === "parquet" && gz === undefined) return { format, gzip: false };
  throw new UserError("unknown-format", `nothing says how to read ${place}`, {
    hint: "Its name should end in .csv, .jsonl, .ndjson (these also with .gz) or .parquet.",
    facts: { place },
  });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** A file's bytes as they come, unpacked; `onBytes` is told how many were read, before unpacking. */
export async function* bytesOf(
  file: InputFile,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const raw = counted(
    isS3(file.place) ? s3Bytes(s3Place(file.place), file.fingerprint) : createReadStream(file.place),
    onBytes,
  );
  if (!file.gzip) {
    yield* raw;
    return;
  }
  const gunzip = createGunzip();
  // Its failures come out of the stream that is read.
  pipeline(raw, gunzip).catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!code.startsWith("Z_")) throw error;
    throw new UserError("malformed-input", `${file.place} cannot be unpacked: ${message}`, { cause: error });
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    onBytes(chunk.length);
    yield chunk;
  }
}
