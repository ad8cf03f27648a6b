import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDiagnostics, loadModels, modelsJson } from "@promptops/authoring";
import { UserError } from "@promptops/core/domain";
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

/** Where the archives hold what comes with the client; the layer's is in `/opt/promptops/`, where the client looks. */
const SNAPSHOT = "promptops/snapshot.jsonl";
const MODELS = "promptops/models.json";

/**
 * Builds the Lambda layer, the archive for jobs elsewhere, and the functions. The same sources and the same snapshot
 * give the same bytes, in any folder, on any day.
 */
export async function buildArtifacts({
  root,
  output,
  snapshot,
}: ArtifactOptions): Promise<readonly Artifact[]> {
  const shipped: Files = new Map([
    ...(snapshot === undefined ? [] : [[SNAPSHOT, readFileSync(snapshot)] as const]),
    ...(await modelsOf(root)),
  ]);
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

/** What `prompts/models.yaml` says, so that the client knows what calls cost; nothing where there is no such file. */
async function modelsOf(root: string): Promise<readonly (readonly [string, Buffer])[]> {
  const { models, diagnostics } = await loadModels(root);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    throw new UserError("malformed-models", formatDiagnostics(errors, "text"), {
      hint: "Nothing was built. Mend prompts/models.yaml.",
    });
  }
  return models === undefined ? [] : [[MODELS, Buffer.from(modelsJson(models))]];
}
