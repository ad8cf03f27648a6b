import { spawnSync } from "node:child_process";
import module from "node:module";
import { fileURLToPath } from "node:url";

/** The first Node that runs TypeScript without a flag and has all that the sources use. */
const OLDEST = 24;

/**
 * Runs a TypeScript program in this process, or in one of a newer Node when this one is too old.
 * @param {URL} program
 */
export async function launch(program) {
  if (Number.parseInt(process.versions.node, 10) >= OLDEST) {
    module.enableCompileCache?.();
    await import(program.href);
    return;
  }
  const node = installedNode();
  if (node === undefined) {
    process.stderr.write(`promptops needs Node ${OLDEST} or newer, and this is ${process.version}.\n`);
    process.exit(2);
  }
  const { status, signal } = spawnSync(node, [fileURLToPath(program), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  if (signal) process.kill(process.pid, signal);
  process.exit(status ?? 1);
}

function installedNode() {
  try {
    return module.createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return undefined;
  }
}
