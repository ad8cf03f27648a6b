import { resolve } from "node:path";
import { type BuildOptions, build, type Message, transform } from "esbuild";

/** A file of an artifact, by its path in it. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** `outdir` is where the files are meant to be: nothing is written, but source maps are relative to it. */
type BundleOptions = Pick<BuildOptions, "banner" | "entryPoints" | "outExtension" | "sourcemap"> & {
  readonly outdir: string;
};

/** The Node of the Lambda runtime, and the least that the packages ask for. */
const TARGET = "node24";
/** Errors keep their names, which callers, logs and Lambda's own reports show. */
const MINIFIED = { minify: true, keepNames: true };

/**
 * Bundles entries as ES modules. What is loaded by `import()` gets files of its own, so that a cold start does not
 * parse it. The output depends on the sources alone, not on the folder that they are in.
 *
 * @param root the repository. Paths in `options` are relative to it.
 */
export async function bundle(root: string, { outdir, ...options }: BundleOptions): Promise<Files> {
  const output = resolve(root, outdir);
  const { outputFiles, warnings } = await build({
    ...options,
    absWorkingDir: resolve(root),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: TARGET,
    // The AWS SDK's CommonJS builds would come first, and cannot be shaken: twice the size.
    mainFields: ["module", "main"],
    ...MINIFIED,
    // Otherwise paths in source maps would say where node_modules really is.
    preserveSymlinks: true,
    sourcesContent: false,
    chunkNames: "chunks/[name]-[hash]",
    outdir: output,
    write: false,
    logLevel: "silent",
  });
  refuse(warnings);
  return new Map(outputFiles.map(({ path, contents }) => [path.slice(output.length + 1), contents]));
}

/**
 * An ES module as CommonJS. Done file by file after bundling, it keeps apart what is loaded later, and keeps one of
 * each class, which esbuild's own CommonJS bundles do not.
 */
export async function toCommonJs(module: Uint8Array): Promise<Uint8Array> {
  const { code, warnings } = await transform(module, {
    format: "cjs",
    platform: "node",
    target: TARGET,
    ...MINIFIED,
    supported: { "dynamic-import": false },
    logLevel: "silent",
  });
  refuse(warnings);
  return Buffer.from(code);
}

function refuse([warning]: readonly Message[]): void {
  if (warning !== undefined) throw new Error(`esbuild warns: ${warning.text} (${warning.location?.file})`);
}
