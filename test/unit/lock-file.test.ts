import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

interface Lock {
  readonly packages: Record<string, { readonly resolved?: string; readonly link?: boolean }>;
}

function completeLock(folder: string, ...options: string[]) {
  const script = join(ROOT, ".ci/complete-lock.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stderr };
}

describe("package-lock.json", () => {
  it("has the packages of every platform", () => {
    expect(completeLock(ROOT, "--check")).toEqual({ status: 0, stderr: "" });
  });

  it("names no host, so that npm asks the registry that its user has set", () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
    expect(Object.entries(packages).filter(([, { resolved, link }]) => resolved && !link)).toEqual([]);
  });
});

describe("complete-lock", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "promptops-lock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (packages: object) =>
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  const packages = () =>
    (JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as Lock).packages;

  it("lists what is missing and changes nothing, with --check", () => {
    const tool = {
      version: "1.0.0",
      optionalDependencies: { "tool-linux-x64": "1.0.0", "tool-win32-x64": "1.0.0" },
    };
    const before = { "node_modules/tool": tool, "node_modules/tool-linux-x64": { version: "1.0.0" } };
    write(before);
    const { status, stderr } = completeLock(folder, "--check");
    expect(status).toBe(1);
    expect(stderr).toContain("node_modules/tool-win32-x64 1.0.0");
    expect(stderr).not.toContain("tool-linux-x64");
    expect(packages()).toEqual(before);
  });

  it("adds each package with its platform, in order", () => {
    const names = ["@tool/darwin-arm64", "@tool/linux-arm64-musl", "@tool/wasm32-wasi"];
    const optionalDependencies = Object.fromEntries(names.map((name) => [name, "^2.1.0-rc.1"]));
    write({ "node_modules/tool": { version: "2.1.0", dev: true, optionalDependencies } });
    expect(completeLock(folder).status).toBe(0);
    const made = { version: "2.1.0-rc.1", dev: true, optional: true };
    expect(Object.entries(packages())).toEqual([
      ["node_modules/@tool/darwin-arm64", { ...made, os: ["darwin"], cpu: ["arm64"] }],
      ["node_modules/@tool/linux-arm64-musl", { ...made, os: ["linux"], cpu: ["arm64"], libc: ["musl"] }],
      ["node_modules/@tool/wasm32-wasi", { ...made, cpu: ["wasm32"] }],
      ["node_modules/tool", expect.anything()],
    ]);
    expect(completeLock(folder, "--check").status).toBe(0);
  });

  it("keeps two versions of one package apart", () => {
    const tool = (version: string) => ({ version, optionalDependencies: { "tool-linux-x64": version } });
    write({ "node_modules/a/node_modules/tool": tool("1.0.0"), "node_modules/tool": tool("2.0.0") });
    expect(completeLock(folder).status).toBe(0);
    expect(completeLock(folder, "--check").status).toBe(0);
    expect(packages()).toMatchObject({
      "node_modules/tool-linux-x64": { version: "1.0.0" },
      "node_modules/tool/node_modules/tool-linux-x64": { version: "2.0.0" },
    });
  });

  it("refuses a package whose platform it cannot tell", () => {
    write({ "node_modules/tool": { version: "1.0.0", optionalDependencies: { extras: "1.0.0" } } });
    expect(completeLock(folder)).toEqual({ status: 1, stderr: expect.stringContaining("extras 1.0.0") });
  });
});
