import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, resolve } from "node:path";
import { promisify } from "node:util";
import type { Files } from "./esbuild.ts";

/** What one declaration file imports from another. */
const RELATIVE_IMPORT = /(from |import\()"(\.{1,2}\/[^"]+)\.ts"/g;

/**
 * The declarations of modules in `packages/core/src`, and of all that these are declared with.
 *
 * @param entries paths relative to that folder.
 */
export async function declarationsOf(root: string, entries: readonly string[]): Promise<Files> {
  const emitted = mkdtempSync(join(tmpdir(), "promptops-types-"));
  try {
    await emit(resolve(root), entries, emitted);
    const found = new Map<string, Uint8Array>();
    const collect = (path: string) => {
      if (found.has(path)) return;
      const text = readFileSync(join(emitted, path), "utf8");
      found.set(path, Buffer.from(text.replaceAll(RELATIVE_IMPORT, '$1"$2.js"')));
      for (const [, , target] of text.matchAll(RELATIVE_IMPORT)) {
        collect(posix.join(posix.dirname(path), `${target}.d.ts`));
      }
    };
    for (const entry of entries) collect(entry.replace(/\.ts$/, ".d.ts"));
    return found;
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

async function emit(root: string, entries: readonly string[], folder: string): Promise<void> {
  const sources = join(root, "packages/core/src");
  const settings = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      // `tsc` has its own run over all sources.
      noCheck: true,
      rootDir: sources,
      outDir: folder,
      typeRoots: [join(root, "node_modules/@types")],
    },
    files: entries.map((entry) => join(sources, entry)),
    include: [],
  };
  const project = join(folder, "tsconfig.json");
  writeFileSync(project, JSON.stringify(settings));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [tsc, "--project", project]);
}
