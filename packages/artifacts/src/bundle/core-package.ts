import { readFileSync } from "node:fs";
import { join } from "node:path";
import { declarationsOf } from "./declarations.ts";
import { bundle, type Files, toCommonJs } from "./esbuild.ts";

/** What an application imports, with the module behind it. The rest of core is for writers of the ledger. */
const ENTRIES: Readonly<Record<string, string>> = {
  index: "index.ts",
  domain: "domain/index.ts",
  ledger: "ledger/index.ts",
  memory: "memory/index.ts",
};

/**
 * The package `@promptops/core` as it is installed where there is no npm: ES modules and CommonJS with all that they
 * need, the AWS SDK included, declarations for both, the licence.
 *
 * @param root the repository.
 */
export async function corePackage(root: string): Promise<Files> {
  const sources = "packages/core/src";
  const [modules, declarations] = await Promise.all([
    bundle(root, {
      outdir: "dist/core",
      entryPoints: Object.fromEntries(
        Object.entries(ENTRIES).map(([name, path]) => [name, join(sources, path)]),
      ),
    }),
    declarationsOf(root, Object.values(ENTRIES)),
  ]);
  const files = new Map<string, Uint8Array>([
    ["package.json", json(manifest(root))],
    ["LICENSE", readFileSync(join(root, "LICENSE"))],
    ["esm/package.json", json({ type: "module" })],
    ["cjs/package.json", json({ type: "commonjs" })],
  ]);
  for (const [path, module] of modules) {
    files.set(`esm/${path}`, module);
    files.set(`cjs/${path}`, await toCommonJs(module));
  }
  // TypeScript takes a declaration for one of an ES module or of CommonJS by its folder's package.json.
  for (const [path, declaration] of declarations) {
    files.set(`esm/types/${path}`, declaration);
    files.set(`cjs/types/${path}`, declaration);
  }
  return files;
}

function manifest(root: string): object {
  const source = readFileSync(join(root, "packages/core/package.json"), "utf8");
  const { name, version, description, license } = JSON.parse(source) as Record<string, string>;
  const exports = Object.entries(ENTRIES).map(([entry, source]) => {
    const files = (folder: string) => ({
      types: `./${folder}/types/${source.replace(/\.ts$/, ".d.ts")}`,
      default: `./${folder}/${entry}.js`,
    });
    return [entry === "index" ? "." : `./${entry}`, { import: files("esm"), require: files("cjs") }];
  });
  return {
    name,
    version,
    description,
    license,
    type: "module",
    main: "./cjs/index.js",
    types: "./cjs/types/index.d.ts",
    exports: { ...Object.fromEntries(exports), "./package.json": "./package.json" },
    engines: { node: ">=24" },
  };
}

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
}
