import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** Why the tests of the stacks cannot run on this machine. */
export class NoPlatformError extends Error {}

/** SST's sources and the providers' SDKs, as `sst install` lays them down: what the program is evaluated and checked with. */
export const PLATFORM = ".sst/platform";
/** Written when all is there: an install that was cut short has none, and is done again. */
const COMPLETE = ".complete";
/** What is installed depends on SST's version alone: this program asks for no providers but its own. */
const CONFIG = `export default $config({
  app: () => ({ name: "platform", home: "aws" }),
  async run() {},
});
`;

/**
 * Installs SST's platform into the checkout unless it is there: about 320 MB and a minute, once. What npm needs comes
 * from the registry that npm is set to; nothing is written to the user's home but npm's own cache.
 *
 * @throws NoPlatformError where SST has no binary, or where it cannot be downloaded.
 */
export async function installPlatform(root: string): Promise<void> {
  const platform = join(root, PLATFORM);
  const { binary, version } = sstOf(root);
  const complete = join(platform, `${COMPLETE}-${version}`);
  if (existsSync(complete)) return;
  // Made aside and moved at once, so that of two who install at the same time both find a whole one.
  mkdirSync(dirname(platform), { recursive: true });
  const aside = mkdtempSync(join(dirname(platform), "installing-"));
  const home = mkdtempSync(join(tmpdir(), "promptops-sst-home-"));
  try {
    writeFileSync(join(aside, "sst.config.ts"), CONFIG);
    await install(binary, aside, home);
    writeFileSync(join(aside, PLATFORM, `${COMPLETE}-${version}`), "");
    if (existsSync(complete)) return;
    if (existsSync(platform)) renameSync(platform, join(aside, "replaced"));
    renameSync(join(aside, PLATFORM), platform);
  } finally {
    rmSync(aside, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

function sstOf(root: string): { readonly binary: string; readonly version: string } {
  const { resolve } = createRequire(join(root, "node_modules/sst/package.json"));
  const name = `sst-${process.platform}-${process.arch}`;
  try {
    const { version } = createRequire(import.meta.url)(resolve(`${name}/package.json`)) as {
      version: string;
    };
    return { binary: resolve(`${name}/bin/sst`), version };
  } catch {
    throw new NoPlatformError(`SST has no binary here: ${name} is not installed`);
  }
}

async function install(binary: string, folder: string, home: string): Promise<void> {
  const npm = process.env.npm_config_userconfig ?? join(homedir(), ".npmrc");
  const cache = process.env.npm_config_cache ?? join(homedir(), ".npm");
  const env = {
    ...process.env,
    HOME: home,
    npm_config_userconfig: npm,
    npm_config_cache: cache,
    // Neither Pulumi nor bun is downloaded: nothing is deployed, and npm installs.
    SST_SKIP_DEPENDENCY_CHECK: "1",
    NO_BUN: "1",
    DO_NOT_TRACK: "1",
  };
  try {
    await promisify(execFile)(binary, ["install", "--stage", "install"], { cwd: folder, env });
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    throw new NoPlatformError(`sst install failed: ${stdout}${stderr}${message}`);
  }
}
