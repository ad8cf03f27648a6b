import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRecordings } from "./file-recordings.ts";
import type { Recording } from "./recording.ts";

const recording: Recording = {
  provider: "anthropic",
  model: "claude",
  input: "Größe?\n",
  repeat: 0,
  text: "L \u2028",
  inputTokens: 3,
  outputTokens: 1,
  latencyMs: 412,
  warnings: [],
};

describe("recordings in files", () => {
  let folder: string;
  let home: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "recordings-"));
    home = join(folder, "customer_support", "intent_classifier");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = () => openRecordings(folder, "customer-support.intent-classifier");

  it("are read as they were written, one file each, where the prompt's file would be", async () => {
    await open().write("k1", recording);
    await open().write("k2", { ...recording, repeat: 1 });
    expect(await open().read("k1")).toEqual(recording);
    expect(readdirSync(home).sort()).toEqual(["k1.json", "k2.json"]);
    expect(readFileSync(join(home, "k1.json"), "utf8")).toMatch(
      /^\{\n {2}"provider": "anthropic",\n.*\n\}\n$/s,
    );
  });

  it("are not there before they are written", async () => {
    expect(await open().read("k1")).toBeUndefined();
    expect(await open().unused()).toEqual([]);
  });

  it("are whole whoever writes and reads at the same time", async () => {
    const writers = Array.from({ length: 40 }, (_, at) => ({ ...recording, text: `${at}`.repeat(50_000) }));
    await open().write("k1", recording);
    const reads = writers.flatMap((one) => [open().write("k1", one), open().read("k1"), open().read("k1")]);
    for (const read of await Promise.all(reads)) {
      if (read !== undefined) expect([recording, ...writers]).toContainEqual(read);
    }
    expect(writers).toContainEqual(await open().read("k1"));
    expect(readdirSync(home)).toEqual(["k1.json"]);
  });

  it("that were neither read nor written are unused", async () => {
    await Promise.all(["k1", "k2", "k3", "k4"].map((key) => open().write(key, recording)));
    writeFileSync(join(home, "README.md"), "");
    const recordings = open();
    await recordings.read("k2");
    await recordings.write("k4", recording);
    expect(await recordings.unused()).toEqual([join(home, "k1.json"), join(home, "k3.json")]);
  });

  it.each(["", "<<<<<<< HEAD\n{}", "null", "{}", JSON.stringify({ ...recording, inputTokens: "3" })])(
    "that hold %j are refused by the file's name",
    async (content) => {
      await open().write("k1", recording);
      writeFileSync(join(home, "k1.json"), content);
      await expect(open().read("k1")).rejects.toMatchObject({
        code: "spoilt-recording",
        message: expect.stringContaining(join(home, "k1.json")),
      });
    },
  );
});
