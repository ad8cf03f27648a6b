import { registerHooks } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Neither a path nor a URL. */
const PACKAGE = /^(?![./]|[a-z]+:)/;

/** Has `import` look for packages in the folders of `NODE_PATH`, as Lambda's Node does since 18 and no other. */
export function importFromNodePath() {
  const folders = (process.env.NODE_PATH ?? "")
    .split(":")
    .filter((folder) => basename(folder) === "node_modules");
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (error.code !== "ERR_MODULE_NOT_FOUND" || !PACKAGE.test(specifier)) throw error;
        for (const folder of folders) {
          const parentURL = pathToFileURL(join(dirname(folder), "importer.mjs")).href;
          try {
            return next(specifier, { ...context, parentURL });
          } catch (missing) {
            if (missing.code !== "ERR_MODULE_NOT_FOUND") throw missing;
          }
        }
        throw error;
      }
    },
  });
}
