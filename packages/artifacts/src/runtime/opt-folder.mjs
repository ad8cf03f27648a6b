import fs from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The functions of `node:fs` that read a whole file, or ask for it, at once. */
const READS = ["existsSync", "readFileSync", "statSync"];

/**
 * Makes a folder stand in for `/opt`, which Lambda unzips layers to.
 * @param {string} folder
 */
export function standInForOpt(folder) {
  const mapped = (path) =>
    typeof path === "string" && path.startsWith("/opt/") ? join(folder, path.slice("/opt".length)) : path;
  for (const name of READS) {
    const read = fs[name];
    fs[name] = (path, ...rest) => read(mapped(path), ...rest);
  }
  syncBuiltinESMExports();
  registerHooks({
    resolve(specifier, context, next) {
      const { pathname } = specifier.startsWith("file:///opt/") ? new URL(specifier) : {};
      return next(pathname === undefined ? mapped(specifier) : pathToFileURL(mapped(pathname)).href, context);
    },
  });
}
