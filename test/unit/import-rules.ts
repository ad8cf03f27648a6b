import { dirname, join } from "node:path/posix";
import { parseAst } from "vitest/node";

/** The packages of this repository, by the name of their folder in `packages/`. */
export interface Packages {
  /** What each may import of ours. */
  readonly mayImport: ReadonlyMap<string, readonly string[]>;
  /** The folder of each package name. */
  readonly folders: ReadonlyMap<string, string>;
}

/** What the tests of any package may import besides. */
export const FOR_TESTS: readonly string[] = ["testing", "local"];

/**
 * What each package may import of ours, from the rows of a table that start with `packages/…`: nothing, or
 * packages of the rows above, so that a table which can be read has no cycle.
 */
export function readTable(markdown: string): Packages["mayImport"] {
  const table = new Map<string, readonly string[]>();
  for (const row of markdown.matchAll(/^\| *`packages\/([\w-]+)`.*\|([^|\n]*)\| *$/gm)) {
    const [, folder = "", cell = ""] = row;
    const says = cell.replaceAll("`", "").trim();
    const names = says.split(/, */);
    if (/^(?:nothing|the AWS SDK only inside)\b/.test(says)) table.set(folder, []);
    else if (says === "all of the above") table.set(folder, [...table.keys()]);
    else if (names.every((name) => table.has(name))) table.set(folder, names);
    else throw new Error(`packages/${folder} may import packages of the rows above it, not: ${says}`);
  }
  return table;
}

/** What a source imports that it may not, in words. `file` is relative to the root, with forward slashes. */
export function faultsOf(file: string, source: string, { mayImport, folders }: Packages): string[] {
  const folder = /^packages\/([^/]+)\//.exec(file)?.[1];
  const home = folder === undefined ? "stacks" : `packages/${folder}`;
  const row =
    folder === undefined ? ["core", "batch", "events", "stage"] : [folder, ...(mayImport.get(folder) ?? [])];
  const isTest = file.endsWith(".test.ts");
  const allowed = isTest ? [...row, ...FOR_TESTS] : row;
  return importsOf(file, source).flatMap((name) => {
    if (name.startsWith(".")) {
      if (join(dirname(file), name).startsWith(`${home}/`)) return [];
      return `${file} imports ${name}, but relative paths stay inside ${home}`;
    }
    if (name.startsWith("@aws-sdk/") && folder === "core" && !isTest) {
      if (/^packages\/core\/src\/(dynamo|s3)\//.test(file)) return [];
      return `${file} imports ${name}, but core uses the AWS SDK only inside core/src/dynamo and core/src/s3`;
    }
    const target = folders.get(name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
    if (target === undefined || allowed.includes(target)) return [];
    return `${file} imports ${name}, but ${home} may import only ${allowed.join(", ")}`;
  });
}

/** Every module that a source names, in any kind of import. One whose name is made at run time cannot be seen. */
export function importsOf(file: string, source: string): string[] {
  const program = parseAst(source, { lang: file.endsWith(".ts") ? "ts" : "js", sourceType: "module" });
  return [...nodesIn(program)].flatMap((node) => {
    if (node.type !== "CallExpression") return textOf(node.source);
    const { name, property, object } = node.callee as Callee;
    const resolves =
      property?.name === "resolve" && (object?.type === "MetaProperty" || object?.name === "require");
    return name === "require" || resolves ? textOf((node.arguments as readonly unknown[])[0]) : [];
  });
}

interface Node {
  readonly type: string;
  readonly [property: string]: unknown;
}

interface Callee extends Node {
  readonly name?: string;
  readonly object?: Node;
  readonly property?: Node;
}

function* nodesIn(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if ("type" in value && typeof value.type === "string") yield value as Node;
  for (const child of Object.values(value)) yield* nodesIn(child);
}

/** The text of a string, or of a template without expressions. */
function textOf(node: unknown): string[] {
  const { value, quasis } = (node ?? {}) as { value?: unknown; quasis?: { value: { cooked: string } }[] };
  if (typeof value === "string") return [value];
  return quasis?.length === 1 ? quasis.map((part) => part.value.cooked) : [];
}
