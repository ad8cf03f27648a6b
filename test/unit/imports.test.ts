import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { FOR_TESTS, faultsOf, importsOf, readTable } from "./import-rules.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

describe("the table of packages in ARCHITECTURE.md", () => {
  const mayImport = readTable(read("ARCHITECTURE.md"));
  const manifests = new Map(
    globSync("packages/*/package.json", { cwd: ROOT }).map((path) => [
      basename(dirname(path)),
      JSON.parse(read(path)) as Manifest,
    ]),
  );
  const folders = new Map([...manifests].map(([folder, { name }]) => [name, folder]));
  const ours = (...dependencies: (Record<string, string> | undefined)[]) =>
    Object.keys(Object.assign({}, ...dependencies)).flatMap((name) => folders.get(name) ?? []);

  it("has one row for every package", () => {
    expect([...mayImport.keys()].sort()).toEqual([...manifests.keys()].sort());
  });

  it("is kept to by every file", () => {
    const files = globSync(["packages/*/{src,bin}/**/*.{ts,js,mjs}", "stacks/**/*.ts"], { cwd: ROOT }).sort();
    expect(files.length).toBeGreaterThan(manifests.size);
    expect(files.flatMap((file) => faultsOf(file, read(file), { mayImport, folders }))).toEqual([]);
  });

  it.each([...manifests])("is kept to by packages/%s/package.json", (folder, manifest) => {
    const row = mayImport.get(folder) ?? [];
    expect(row).toEqual(expect.arrayContaining(ours(manifest.dependencies, manifest.optionalDependencies)));
    expect([...row, ...FOR_TESTS]).toEqual(expect.arrayContaining(ours(manifest.devDependencies)));
  });
});

const TABLE = `
| package | its one job | may import |
|---|---|---|
| \`packages/core\` (\`@promptops/core\`) | the domain | the AWS SDK only inside \`core/src/dynamo/\` and \`core/src/s3/\` |
| \`packages/registry\` | commands | core |
| \`packages/local\` | engines | nothing of ours |
| \`packages/cli\` (\`promptops\`) | arguments in, words out | all of the above |
| \`packages/testing\` | fixtures | \`core\`, local |
`;

describe("readTable", () => {
  it("reads nothing, all of the above, and names", () => {
    expect(Object.fromEntries(readTable(TABLE))).toEqual({
      core: [],
      registry: ["core"],
      local: [],
      cli: ["core", "registry", "local"],
      testing: ["core", "local"],
    });
  });

  it("refuses anything else, and so any cycle", () => {
    expect(() => readTable("| `packages/core` | the domain | most things |")).toThrow("most things");
    expect(() =>
      readTable("| `packages/core` | the domain | cli |\n| `packages/cli` | words | core |"),
    ).toThrow("packages/core");
  });
});

describe("faultsOf", () => {
  const folders = new Map([
    ["@promptops/core", "core"],
    ["@promptops/registry", "registry"],
    ["@promptops/local", "local"],
    ["promptops", "cli"],
    ["@promptops/testing", "testing"],
  ]);
  const faults = (file: string, source: string) =>
    faultsOf(file, source, { mayImport: readTable(TABLE), folders });

  it("names the file, the import and what is allowed", () => {
    expect(faults("packages/registry/src/a.ts", 'import type { Engine } from "@promptops/local";')).toEqual([
      "packages/registry/src/a.ts imports @promptops/local, but packages/registry may import only registry, core",
    ]);
  });

  it.each([
    ["a package of a higher layer", "packages/core/src/a.ts", "@promptops/registry"],
    ["a subpath", "packages/local/src/a.ts", "@promptops/core/ledger"],
    ["a package without a scope", "packages/registry/src/a.ts", "promptops"],
    ["another package by path", "packages/registry/src/a.ts", "../../core/src/index.ts"],
    ["a folder whose name starts the same", "packages/core/src/a.ts", "../../core-copy/src/a.ts"],
    ["a higher layer in a test", "packages/core/src/a.test.ts", "@promptops/registry"],
    ["fixtures outside a test", "packages/registry/src/a.ts", "@promptops/testing"],
    ["the AWS SDK outside the adapters", "packages/core/src/client/a.ts", "@aws-sdk/lib-dynamodb"],
    ["the AWS SDK beside the adapters", "packages/core/src/blobs/a.ts", "@aws-sdk/client-s3"],
    ["more than shapes in stacks", "stacks/a.ts", "@promptops/registry"],
    ["a package by path in stacks", "stacks/a.ts", "../packages/core/src/index.ts"],
  ])("finds %s", (_, file, name) => {
    expect(faults(file, `import { x } from "${name}";`)).toHaveLength(1);
  });

  it.each([
    ["its row", "packages/registry/src/a.ts", "@promptops/core/domain"],
    ["itself by name", "packages/core/src/a.ts", "@promptops/core/ledger"],
    ["its own files", "packages/cli/bin/a.js", "../src/main.ts"],
    ["fixtures in a test", "packages/core/src/a.contract.test.ts", "@promptops/testing"],
    ["the AWS SDK in the adapter", "packages/core/src/dynamo/a.ts", "@aws-sdk/lib-dynamodb"],
    ["the AWS SDK in the other adapter", "packages/core/src/s3/a.ts", "@aws-sdk/client-s3"],
    ["core in stacks", "stacks/a.ts", "@promptops/core/ledger"],
    ["what is not ours", "packages/registry/src/a.ts", "node:path"],
  ])("allows %s", (_, file, name) => {
    expect(faults(file, `import { x } from "${name}";`)).toEqual([]);
  });
});

describe("importsOf", () => {
  it.each([
    ["import", 'import x, { y as z } from "a";'],
    ["import over several lines", 'import {\n  type X,\n  y,\n} from "a";'],
    ["side effect", 'import "a";'],
    ["type", 'import type { X } from "a";'],
    ["type in place", 'let x: import("a").X;'],
    ["typeof", 'type X = typeof import("a");'],
    ["re-export", 'export { x } from "a";'],
    ["re-export of a type", 'export type { X } from "a";'],
    ["re-export of everything", 'export * as x from "a";'],
    ["dynamic import", 'const { x } = await import("a");'],
    ["dynamic import of a template", "const x = () => import(`a`);"],
    ["import inside a template", `const x = \`\${\`\${await import("a")}\`}\`;`],
    ["import after a regular expression", 'const x = /["\'`]/; import "a";'],
    ["require", 'const x = require("a");'],
    ["address", 'const x = import.meta.resolve("a");'],
  ])("reads %s", (_, source) => {
    expect(importsOf("a.ts", source)).toEqual(["a"]);
  });

  it.each([
    ["string", "const x = 'import \"a\"';"],
    ["template", 'const x = `\nimport { x } from "a";\n`;'],
    ["comment", '// import "a";\n/*\nimport "a";\n*/'],
    ["regular expression", 'const x = /import "a"/;'],
    ["another function", 'const x = path.resolve("a");'],
  ])("is not misled by a %s", (_, source) => {
    expect(importsOf("a.ts", source)).toEqual([]);
  });
});
