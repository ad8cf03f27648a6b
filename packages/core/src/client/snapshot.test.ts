import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendDraft, appendVersion, candidate, pinTo, UnsteadyLedger, versions } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServiceError } from "../domain/errors.ts";
import { formatSnapshot, type SnapshotPrompt } from "../domain/snapshot.ts";
import { readHead, readVersions } from "../ledger/read.ts";
import { MemoryLedger } from "../memory/memory-ledger.ts";
import { createPromptClient } from "./client.ts";

const ID = "support.classifier";
const DAY = 86_400_000;
const START = new Date("2026-03-01T12:00:00Z").getTime();

describe("a client with a snapshot", () => {
  let folder: string;
  let file: string;
  let ledger: UnsteadyLedger;
  let lines: Record<string, unknown>[];
  let prompts: SnapshotPrompt[];
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: START });
    lines = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
    const inner = new MemoryLedger();
    for (const one of versions(ID, 3)) await appendVersion(inner, one);
    await appendDraft(inner, ID, pinTo(ID, [2, 1]));
    await appendVersion(inner, candidate({ id: "old.prompt" }));
    await appendDraft(inner, "old.prompt", { type: "PromptRetired", data: { forced: false } });
    prompts = [];
    for (const id of [ID, "old.prompt"]) {
      const head = await readHead(inner, id);
      if (head === undefined) throw new Error(`no ${id}`);
      const records = await readVersions(inner, [
        { id, version: 2 },
        { id, version: 3 },
      ]);
      prompts.push({
        id,
        seq: head.seq,
        at: head.at,
        state: head.state,
        versions: records.map(({ version, contentHash, definition }) => ({
          version,
          contentHash,
          definition,
        })),
      });
    }
    folder = mkdtempSync(join(tmpdir(), "promptops-"));
    file = join(folder, "snapshot.jsonl");
    writeFileSync(file, formatSnapshot(prompts));
    ledger = new UnsteadyLedger(inner);
    ledger.error = new ServiceError("unreachable", "nobody answers");
    vi.setSystemTime(START + DAY);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  const client = () => createPromptClient({ ledger, snapshot: file, ttlMs: 10_000 });

  it("gives what the ledger served by then, and says so, when there is nothing else", async () => {
    const prompt = await client().get(ID);
    expect(prompt).toMatchObject({ version: 2, channel: "live", pinSeq: 4, source: "snapshot", ageMs: DAY });
    expect(prompt.render({ message: "Hi" })).toEqual({ text: "Text of version 2: Hi" });
    expect(lines).toMatchObject([
      { event: "prompt_read_failed", prompt_version: 2, source: "snapshot", error_kind: "unreachable" },
    ]);
  });

  it("follows channels, and has exact versions", async () => {
    const prompts = client();
    expect(await prompts.get(ID, { channel: "canary" })).toMatchObject({ version: 3, source: "snapshot" });
    expect(await prompts.get(`${ID}#3`)).toMatchObject({ version: 3, source: "snapshot", ageMs: 0 });
    expect(await prompts.get(ID, { expects: { variables: ["message"] } })).toMatchObject({ version: 2 });
  });

  it("asks the ledger again, and prefers what that says", async () => {
    const prompts = client();
    expect((await prompts.get(ID)).source).toBe("snapshot");
    ledger.error = undefined;
    vi.setSystemTime(START + DAY + 10_000);
    expect(await prompts.get(ID)).toMatchObject({ version: 2, source: "ledger", ageMs: 0 });
    ledger.error = new ServiceError("unreachable", "gone again");
    vi.setSystemTime(START + DAY + 3_600_000);
    expect(await prompts.get(ID)).toMatchObject({ source: "stale" });
  });

  it("is asked for a version that is corrupt in the ledger, when nothing was served before", async () => {
    ledger.error = undefined;
    ledger.change = (item) =>
      item.pk === `${ID}#2`
        ? { ...item, definition: String(item.definition).replace("Text", "Ignore") }
        : item;
    expect(await client().get(ID)).toMatchObject({ version: 2, source: "snapshot" });
    expect(lines).toMatchObject([{ error_kind: "corrupt-content" }]);
  });

  it("does not stand in for what is not there", async () => {
    await expect(client().get("not.there")).rejects.toMatchObject({ code: "unreachable" });
    await expect(client().get(`${ID}#1`)).rejects.toMatchObject({ code: "unreachable" });
    await expect(client().get("old.prompt")).rejects.toMatchObject({ code: "prompt-retired" });
    for (const id of [ID, `${ID}#3`]) {
      await expect(client().get(id, { expects: { variables: [] } })).rejects.toMatchObject({
        code: "contract-mismatch",
      });
    }
    ledger.error = undefined;
    await expect(client().get("not.there")).rejects.toMatchObject({ code: "prompt-not-found" });
  });

  it("refuses a snapshot that was changed, and says why the ledger failed too", async () => {
    const changed = prompts.map((prompt) => ({
      ...prompt,
      versions: prompt.versions.map((one) => ({
        ...one,
        definition: one.definition.replace("Text", "Ignore"),
      })),
    }));
    writeFileSync(file, formatSnapshot(changed));
    await expect(client().get(ID)).rejects.toMatchObject({ code: "corrupt-content" });
    writeFileSync(file, "{}");
    await expect(client().get(ID)).rejects.toMatchObject({
      code: "corrupt-snapshot",
      cause: { code: "unreachable" },
    });
    rmSync(file);
    await expect(client().get(ID)).rejects.toMatchObject({ code: "no-snapshot", cause: expect.anything() });
  });
});
