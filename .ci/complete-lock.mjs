#!/usr/bin/env node
// Completes package-lock.json in the current folder with the optional packages of other platforms.
//
// Packages with native parts (Biome, TypeScript, …) name one optional dependency per platform. npm writes a
// lock entry only for those that the registry in use can show, and some registries carry the packages of one
// platform alone. `npm ci` then refuses the lock file on every machine, because dependencies that are declared
// have no entry. All that npm needs to know of such a package is its version, which its dependent pins, and
// its platform, which its name tells. An entry made here has no integrity hash, since nobody here has seen
// the package.
//
//   node .ci/complete-lock.mjs           adds what is missing
//   node .ci/complete-lock.mjs --check   changes nothing; lists what is missing and exits 1
//
// It has no dependencies and runs on Node 20, because it must work before anything is installed.
import { readFileSync, writeFileSync } from "node:fs";

const LOCK_FILE = "package-lock.json";
const SYSTEMS = "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(" ");
const PROCESSORS = "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64".split(" ");
const C_LIBRARIES = { gnu: "glibc", musl: "musl" };

/** The entries that `packages` lacks, by their place in the lock file. */
function missingEntries(packages) {
  const all = { ...packages };
  const missing = {};
  for (const [dependent, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const found = placeFrom(all, dependent, name);
      const version = range.replace(/^[\^~]/, "");
      if (found !== undefined && (range !== version || all[found].version === version)) continue;
      // Where another version holds the place at the top, this one goes below its dependent.
      const place = found === undefined ? `node_modules/${name}` : `${dependent}/node_modules/${name}`;
      all[place] = missing[place] = entryFor(name, version, dependent, entry.dev === true);
    }
  }
  return missing;
}

/** Where Node would find `name` from the package at `path`. */
function placeFrom(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const place = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[place] !== undefined) return place;
    if (at === "") return undefined;
  }
}

/** The entry of a package that is named after its platform, such as `@scope/tool-linux-arm64-musl`. */
function entryFor(name, version, dependent, dev) {
  const words = name.split(/[^a-z0-9]+/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const libc = Object.keys(C_LIBRARIES).find((library) => words.includes(library));
  if (!/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/.test(version) || (os === undefined && cpu === undefined)) {
    console.error(
      `${dependent} may use ${name} ${version}, which is missing from ${LOCK_FILE}. It is not one version ` +
        "of a package named after its platform: lock it with a registry that shows it.",
    );
    process.exit(1);
  }
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev }),
    ...(os === "linux" && libc && { libc: [C_LIBRARIES[libc]] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

const lock = JSON.parse(readFileSync(LOCK_FILE, "utf8"));
const missing = missingEntries(lock.packages);
const count = Object.keys(missing).length;

if (process.argv.includes("--check")) {
  for (const [place, { version }] of Object.entries(missing)) console.error(`missing: ${place} ${version}`);
  if (count > 0) {
    console.error(`${LOCK_FILE} lacks ${count} optional packages of other platforms. Run: npm run lock`);
    process.exitCode = 1;
  }
} else if (count > 0) {
  // In npm's own order, so that its next run moves none of them.
  const entries = Object.entries({ ...lock.packages, ...missing });
  lock.packages = Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(LOCK_FILE, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${count} optional packages of other platforms to ${LOCK_FILE}`);
}
