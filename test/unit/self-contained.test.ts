import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// A repository that names a path or a package registry of the machine it was made on works there only.

const ROOT = join(import.meta.dirname, "../..");

/** What git ignores by name: folders (`dist/`) and endings (`*.log`), the only two forms that .gitignore has. */
const IGNORED = readFileSync(join(ROOT, ".gitignore"), "utf8").split("\n").filter(Boolean);

const TRACES: readonly (readonly [string, RegExp])[] = [
  ["a home folder", /(?<![\w.~-])\/(?:home|Users)\/\w[\w.-]*\//],
  ["a home folder of Windows", /\b[A-Za-z]:\\+Users\\+\w/],
  ["a folder of the root user or of a build machine", /(?<![\w.~/-])\/(?:root|work|workspaces?|builds)\/\w/],
  [
    "a registry",
    /\/\/(?:[\w-]+\.)*(?:artifactory|codeartifact|nexus|npm|pkgs|registry|verdaccio)\.[\w.-]+[:/\w]/,
  ],
];

describe("the files of this repository", () => {
  it("name nothing of the machine they were made on", () => {
    const files = filesIn("").filter((file) => file !== "package-lock.json");
    expect(files).toContain("package.json");
    expect(files.flatMap((file) => tracesIn(file, readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
  });

  it.each([
    ["a Linux home", ["", "home", "ada", "src"].join("/")],
    ["a Mac home", `"${["", "Users", "ada.l", "src"].join("/")}"`],
    ["a Windows home", ["C:", "Users", "ada"].join("\\")],
    ["the root user's folder", `cd ${["", "root", "project"].join("/")}`],
    ["a build machine's folder", `(${["", "workspace", "project"].join("/")})`],
    ["a named registry", `https:${["", "", "registry.example.org", "zod"].join("/")}`],
    ["a private registry", `http:${["", "", "npm.example.com:4873"].join("/")}`],
  ])("would be caught at %s", (_, text) => {
    expect(tracesIn("a.md", `first\n${text}\n`)).toEqual([expect.stringMatching(/^a\.md:2: /)]);
  });

  it.each([
    "https://example.com/home/ada/page",
    "./build/root/notes.md",
    "packages/registry/src/index.ts",
    "docs/root/start.md",
    "/tmp/promptops",
    "// registry.sync appends",
  ])("may say %s", (text) => {
    expect(tracesIn("a.md", text)).toEqual([]);
  });
});

function tracesIn(file: string, text: string): string[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      TRACES.filter(([, trace]) => trace.test(line)).map(
        ([what]) => `${file}:${index + 1}: ${what}: ${line}`,
      ),
    );
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const isFolder = entry.isDirectory();
    if (entry.name === ".git" || IGNORED.includes(isFolder ? `${entry.name}/` : entry.name)) return [];
    if (isFolder) return filesIn(path);
    return entry.isFile() && !IGNORED.some((line) => line.startsWith("*") && path.endsWith(line.slice(1)))
      ? [path]
      : [];
  });
}
