import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { corePackage } from "./bundle/core-package.ts";
import type { Files } from "./bundle/esbuild.ts";
import { bundleFunction, functionNames } from "./bundle/functions.ts";
import { zip } from "./zip.ts";

export interface ArtifactOptions {
  /** The repository. */
  readonly root: string;
  /** The folder for the artifacts. */
  readonly output: string;
  /** A file that `promptops snapshot` wrote, to ship in both archives. */
  readonly snapshot?: string;
}

/** Something that was built. */
export interface Artifact {
  /** Relative to the output folder. */
  readonly path: string;
  /** Of an archive, or of the code of a function without its source maps. */
  readonly bytes: number;
}

/** For Lambda, and for jobs elsewhere: where each has its modules. */
const ARCHIVES = [
  ["promptops-layer.zip", "nodejs/node_modules"],
  ["promptops-batch.zip", "node_modules"],
] as const;

/** Where the archives hold the snapshot. In a Lambda function the layer's is `/opt/promptops/snapshot.jsonl`. */
const SNAPSHOT = "promptops/snapshot.jsonl";

/**
 * Builds the Lambda layer, the archive for jobs elsewhere, and the functions. The same sources and the same snapshot
 * give the same bytes, in any folder, on any day.
 */
export async function buildArtifacts({
  root,
  output,
  snapshot,
}: ArtifactOptions): Promise<readonly Artifact[]> {
  const shipped: Files = new Map(snapshot === undefined ? [] : [[SNAPSHOT, readFileSync(snapshot)]]);
  const core = await corePackage(root);
  mkdirSync(output, { recursive: true });
  const artifacts: Artifact[] = [];
  for (const [path, modules] of ARCHIVES) {
    const files = [...core].map(
      ([file, content]) => [`${modules}/@promptops/core/${file}`, content] as const,
    );
    const archive = zip(new Map([...files, ...shipped]));
    writeFileSync(join(output, path), archive);
    artifacts.push({ path, bytes: archive.length });
  }
  rmSync(join(output, "functions"), { recursive: true, force: true });
  for (const name of functionNames(root)) {
    const path = `functions/${name}`;
    artifacts.push({ path, bytes: await bundleFunction(root, name, join(output, path)) });
  }
  return artifacts;
}
