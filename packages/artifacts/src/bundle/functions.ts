import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "./esbuild.ts";

/** CommonJS packages among those that a function uses `require` what Node has built in. ES modules have no such thing. */
const REQUIRE = `import{createRequire as nodeRequire}from"node:module";const require=nodeRequire(import.meta.url);`;

/** The handlers: what `packages/functions` exports besides itself. */
export function functionNames(root: string): readonly string[] {
  return Object.keys(exportsOf(root))
    .filter((path) => path !== ".")
    .map((path) => path.slice("./".length))
    .toSorted();
}

/**
 * Bundles one handler into `folder`, which is then all that Lambda needs: `index.mjs`, whose handler is
 * `index.handler`, what it loads later, and source maps.
 *
 * @param root the repository.
 * @param name one of {@link functionNames}.
 * @returns the size of its code in bytes.
 */
export async function bundleFunction(root: string, name: string, folder: string): Promise<number> {
  const source = exportsOf(root)[`./${name}`];
  if (source === undefined) throw new Error(`packages/functions exports no ${name}`);
  const files = await bundle(root, {
    entryPoints: { index: join("packages/functions", source) },
    outdir: `dist/functions/${name}`,
    outExtension: { ".js": ".mjs" },
    sourcemap: "linked",
    banner: { js: REQUIRE },
  });
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const code = [...files].filter(([path]) => path.endsWith(".mjs"));
  return code.reduce((sum, [, { length }]) => sum + length, 0);
}

function exportsOf(root: string): Readonly<Record<string, string>> {
  const manifest = readFileSync(join(root, "packages/functions/package.json"), "utf8");
  return (JSON.parse(manifest) as { exports: Record<string, string> }).exports;
}
