import { randomUUID } from "node:crypto";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ServiceError } from "../domain/errors.ts";
import { blobKey } from "./blob-key.ts";
import type { BlobStore } from "./blob-store.ts";

/** Blobs as files below a folder, which is made when first needed. */
export function fileBlobs(folder: string): BlobStore {
  const pathOf = (hash: string) => join(folder, blobKey(hash));
  return {
    async put(hash, text) {
      const path = pathOf(hash);
      // A writer may be killed half-way: under its hash a text is whole.
      const draft = `${path}.${randomUUID()}.new`;
      try {
        if (await exists(path)) return;
        await mkdir(join(path, ".."), { recursive: true });
        try {
          await writeFile(draft, text);
          await rename(draft, path);
        } catch (error) {
          await rm(draft, { force: true });
          throw error;
        }
      } catch (error) {
        throw fileFailure(error, folder);
      }
    },

    async get(hash) {
      try {
        return await readFile(pathOf(hash), "utf8");
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw fileFailure(error, folder);
      }
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function fileFailure(error: unknown, folder: string): ServiceError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const denied = ["EACCES", "EPERM", "EROFS"].includes(code);
  return new ServiceError(
    denied ? "access-denied" : "unreachable",
    `large prompts in ${folder} cannot be ${denied ? "accessed" : "reached"}: ${message}`,
    { hint: "Check the folder and who may use it.", facts: { folder, code }, cause: error },
  );
}
