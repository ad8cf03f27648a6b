import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isPromptOpsError } from "@promptops/core/domain";
import { buildArtifacts } from "./build-artifacts.ts";

// npm run build [-- --snapshot <file>] [--output <folder>]

const root = fileURLToPath(new URL("../../../", import.meta.url));
const { snapshot, output } = parseArgs({
  options: { snapshot: { type: "string" }, output: { type: "string", default: join(root, "dist") } },
}).values;
if (snapshot !== undefined && !existsSync(snapshot)) {
  process.stderr.write(`There is no ${snapshot}. Make it: npx promptops snapshot --output ${snapshot}\n`);
  process.exit(1);
}
const artifacts = await buildArtifacts({
  root,
  output,
  ...(snapshot === undefined ? {} : { snapshot }),
}).catch((error: unknown) => {
  if (!isPromptOpsError(error)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ""}\n`);
  process.exit(1);
});
for (const { path, bytes } of artifacts) {
  process.stdout.write(`${relative(process.cwd(), join(output, path))}  ${(bytes / 1024).toFixed(1)} KiB\n`);
}
process.stdout.write(
  snapshot === undefined
    ? "No snapshot inside; --snapshot <file> ships one.\n"
    : `With the snapshot ${snapshot} inside.\n`,
);
