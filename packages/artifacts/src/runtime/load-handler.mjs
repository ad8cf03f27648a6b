import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The path of a file without its extension, and the export in it. */
const HANDLER = /^((?:.*\/)?[^./]+)\.(.+)$/;

/**
 * The function that `_HANDLER` names, loaded as the runtime nodejs24.x does: an ES module by `import`, CommonJS by
 * `require`. Errors have the names that Lambda gives them.
 * @param {string} root
 * @param {string} name
 */
export async function loadHandler(root, name) {
  const [, path, exported] = HANDLER.exec(name) ?? [];
  if (path === undefined) throw named("Runtime.MalformedHandlerName", `Bad handler: ${name}`);
  const module = await load(resolve(root, path), path);
  let handler = module;
  for (const part of exported.split(".")) handler = handler?.[part];
  if (typeof handler !== "function") {
    throw named("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw named(
      "Runtime.CallbackHandlerDeprecated",
      `${name} takes a callback, which nodejs24.x does not give`,
    );
  }
  return handler;
}

async function load(path, name) {
  const file = [".js", ".mjs", ".cjs"].map((extension) => path + extension).find(existsSync);
  if (file === undefined) throw named("Runtime.ImportModuleError", `Error: Cannot find module '${name}'`);
  const require = createRequire(file);
  try {
    return isModule(file) ? await import(pathToFileURL(file).href) : require(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw named("Runtime.UserCodeSyntaxError", String(error), error);
    if (error?.code === "ERR_MODULE_NOT_FOUND" || error?.code === "MODULE_NOT_FOUND") {
      throw named("Runtime.ImportModuleError", String(error), error);
    }
    throw error;
  }
}

/** Whether a file is an ES module, by its extension or by the nearest package.json. */
function isModule(file) {
  if (!file.endsWith(".js")) return file.endsWith(".mjs");
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
    if (folder === dirname(folder)) return false;
  }
}

function named(name, message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.name = name;
  if (cause?.stack !== undefined) error.stack = cause.stack;
  return error;
}
