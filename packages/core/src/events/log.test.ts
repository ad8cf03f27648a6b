import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definition } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Prompt } from "../domain/prompt.ts";
import { logPromptEvent, sendEventsTo } from "./log.ts";
import { programIn } from "./runtime.ts";

const prompt: Prompt = {
  ...definition(),
  contentHash: "c".repeat(64),
  source: "memory",
  ageMs: 0,
  render: () => ({ text: "" }),
};

describe("logPromptEvent", () => {
  let written: string[];
  beforeEach(() => {
    written = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  });
  afterEach(() => {
    sendEventsTo();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  const parsed = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);

  it("writes one line to stdout, under an id of its own that it returns", () => {
    const ids = [logPromptEvent("prompt_invoked", prompt), logPromptEvent("prompt_completed", prompt)];
    expect(new Set(ids).size).toBe(2);
    expect(parsed().map(({ event_id: id }) => id)).toEqual(ids);
    for (const line of written) expect(line.indexOf("\n")).toBe(line.length - 1);
  });

  it("writes elsewhere while it is told to", () => {
    const lines: string[] = [];
    sendEventsTo((line) => lines.push(line));
    logPromptEvent("prompt_invoked", prompt);
    sendEventsTo();
    logPromptEvent("prompt_completed", prompt);
    expect(lines).toHaveLength(1);
    expect(parsed()).toMatchObject([{ event: "prompt_completed" }]);
  });

  it.each<[string, unknown]>([
    ["nothing to add", undefined],
    ["null", null],
    ["a text", "text"],
  ])("takes %s", (_, extra) => {
    logPromptEvent("prompt_invoked", prompt, extra as Record<string, unknown>);
    expect(parsed()).toMatchObject([{ event: "prompt_invoked", prompt_version: 1 }]);
  });

  it("does not fail where nothing can be written", () => {
    sendEventsTo(() => {
      throw new Error("full");
    });
    expect(logPromptEvent("prompt_invoked", prompt)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("finds the request that Lambda is serving", () => {
    vi.stubGlobal("awslambda", { InvokeStore: { getRequestId: () => "r-9" } });
    logPromptEvent("prompt_invoked", prompt);
    vi.stubGlobal("awslambda", { InvokeStore: { getRequestId: () => "-" } });
    logPromptEvent("prompt_invoked", prompt);
    expect(parsed().map(({ request_id: id }) => id)).toEqual(["r-9", undefined]);
  });
});

describe("PROMPTOPS_EVENTS_SPOOL", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "promptops-spool-"));
    vi.resetModules();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  /** What a program with this folder for its spool logs to stdout. */
  const logTwice = async (spool: string) => {
    vi.stubEnv("PROMPTOPS_EVENTS_SPOOL", spool);
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const log = await import("./log.ts");
    log.logPromptEvent("prompt_invoked", prompt);
    log.logPromptEvent("prompt_completed", prompt);
    return written;
  };

  it("keeps the lines that go to stdout in a file of the process", async () => {
    const spool = join(folder, "spool");
    const written = await logTwice(spool);
    expect(written).toHaveLength(2);
    const [file = "", ...others] = readdirSync(spool);
    expect(others).toEqual([]);
    expect(file).toMatch(new RegExp(`^${process.pid}-\\d+\\.jsonl$`));
    expect(readFileSync(join(spool, file), "utf8")).toBe(written.join(""));
  });

  it("takes nothing from stdout where it cannot be written to", async () => {
    writeFileSync(join(folder, "file"), "");
    expect(await logTwice(join(folder, "file"))).toHaveLength(2);
  });
});

describe("programIn", () => {
  it.each([
    [{}, { runtime: "node", service: undefined, metrics: false, sampleRate: 1 }],
    [{ PROMPTOPS_SERVICE: "bot" }, { runtime: "node", service: "bot", metrics: false }],
    [{ AWS_LAMBDA_FUNCTION_NAME: "f" }, { runtime: "lambda", service: "f", metrics: true }],
    [
      { AWS_LAMBDA_FUNCTION_NAME: "f", PROMPTOPS_SERVICE: "bot" },
      { runtime: "lambda", service: "bot" },
    ],
    [{ PROMPTOPS_SAMPLE_RATE: "0.25" }, { sampleRate: 0.25 }],
    [{ PROMPTOPS_SAMPLE_RATE: "0" }, { sampleRate: 0 }],
    [{ PROMPTOPS_SAMPLE_RATE: "" }, { sampleRate: 1 }],
    [{ PROMPTOPS_SAMPLE_RATE: "half" }, { sampleRate: 1 }],
    [{ PROMPTOPS_SAMPLE_RATE: "25" }, { sampleRate: 1 }],
  ])("%j", (environment, program) => {
    expect(programIn(environment)).toMatchObject(program);
  });
});
