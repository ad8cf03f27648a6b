import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync, type Zippable, zipSync } from "fflate";
import type { Files } from "./bundle/esbuild.ts";

/** The first day that a zip can tell, in the local time that it is told in. */
const EPOCH = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** A zip archive. The same files give the same bytes. */
export function zip(files: Files): Uint8Array {
  const entries: Zippable = {};
  for (const path of [...files.keys()].toSorted()) entries[path] = files.get(path) ?? new Uint8Array();
  return zipSync(entries, { level: 9, mtime: EPOCH, os: UNIX, attrs: READABLE_FILE });
}

/** Unzips the files of an archive into a folder. */
export function unzip(archive: string, folder: string): void {
  for (const [path, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    // An archive may have folders as entries of their own.
    if (path.endsWith("/")) continue;
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
