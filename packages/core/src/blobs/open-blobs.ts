import { fileURLToPath } from "node:url";
import { UserError } from "../domain/errors.ts";
import type { BlobStore } from "./blob-store.ts";

/** A bucket's name, and a prefix of the characters that S3 calls safe. */
const S3_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/((?:[\w!.*'()-]+\/)*[\w!.*'()-]+)?\/?)?$/;

/**
 * The store at a URL: `s3://bucket`, `s3://bucket/prefix` or `file:///folder`. What it takes to use one is loaded when
 * it is first used: a program whose prompts are all small never pays for it.
 *
 * @throws UserError `malformed-blobs-url`.
 */
export function openBlobs(url: string): BlobStore {
  const load = loaderOf(url);
  let store: Promise<BlobStore> | undefined;
  const loaded = () => (store ??= load());
  return {
    put: async (hash, text) => (await loaded()).put(hash, text),
    get: async (hash) => (await loaded()).get(hash),
  };
}

function loaderOf(url: string): () => Promise<BlobStore> {
  const [, bucket, prefix] = S3_URL.exec(url) ?? [];
  if (bucket !== undefined) {
    return async () => (await import("../s3/s3-blobs.ts")).s3Blobs(bucket, prefix);
  }
  const folder = folderOf(url);
  return async () => (await import("./file-blobs.ts")).fileBlobs(folder);
}

function folderOf(url: string): string {
  try {
    if (/^file:\/\/\/[^?#]*$/.test(url)) return fileURLToPath(url);
  } catch (error) {
    throw malformed(url, error);
  }
  throw malformed(url);
}

function malformed(url: string, cause?: unknown): UserError {
  return new UserError("malformed-blobs-url", `PROMPTOPS_BLOBS is "${url}"`, {
    hint: "Give s3://bucket, s3://bucket/prefix or file:///folder, or leave it out.",
    cause,
  });
}
