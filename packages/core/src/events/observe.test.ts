import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appendVersion, candidate } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createPromptClient } from "../client/client.ts";
import { UserError } from "../domain/errors.ts";
import type { Prompt } from "../domain/prompt.ts";
import { MemoryLedger } from "../memory/memory-ledger.ts";

describe("observe", () => {
  let folder: string;
  let prompt: Prompt;
  let lines: Record<string, unknown>[];
  let observe: typeof import("./observe.ts").observe;
  beforeEach(async () => {
    vi.resetModules();
    ({ observe } = await import("./observe.ts"));
    folder = mkdtempSync(join(tmpdir(), "promptops-"));
    const ledger = new MemoryLedger();
    await appendVersion(ledger, candidate());
    prompt = await createPromptClient({ ledger }).get("support.classifier");
    lines = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const pricing = (text: string) => {
    const file = join(folder, "models.json");
    writeFileSync(file, text);
    vi.stubEnv("PROMPTOPS_MODELS", file);
  };
  const prices = (name: string) =>
    pricing(JSON.stringify({ [name]: { provider: "bedrock", id: "m", price: { input: 3, output: 15 } } }));
  const tokens = () =>
    observe(prompt, {}, async (event) => {
      event.input_tokens = 1_000;
      event.output_tokens = 200;
    });

  it("tells of a call before it and after it, and gives what it gives", async () => {
    let seen = 0;
    const result = await observe(prompt, { session_id: "s-1" }, async (event) => {
      seen = lines.length;
      event.label = "billing";
      event.step = 2;
      return 42;
    });
    expect(result).toBe(42);
    expect(seen).toBe(1);
    const shared = { prompt_id: "support.classifier", prompt_version: 1, session_id: "s-1" };
    expect(lines).toEqual([
      expect.objectContaining({ event: "prompt_invoked", ...shared }),
      expect.objectContaining({ event: "prompt_completed", ...shared, label: "billing", step: 2 }),
    ]);
    expect(lines[0]).not.toHaveProperty("latency_ms");
    expect(lines[1]?.latency_ms).toBeGreaterThanOrEqual(0);
    expect(lines[1]).not.toHaveProperty("cost_usd");
  });

  it.each<[string, unknown]>([
    ["TypeError", new TypeError("no")],
    ["too-busy", new UserError("too-busy", "no")],
    ["string", "no"],
    ["undefined", undefined],
    ["AbortError", AbortSignal.abort().reason],
  ])("tells of a failure of kind %s, and passes it on as it is", async (kind, error) => {
    const failing = async (event: Record<string, unknown>) => {
      event.input_tokens = 7;
      throw error;
    };
    const outcome = await observe(prompt, { step: 1 }, failing).then(
      () => "no failure",
      (thrown: unknown) => ({ thrown }),
    );
    expect(outcome).toEqual({ thrown: error });
    expect(lines).toEqual([
      expect.objectContaining({ event: "prompt_invoked", step: 1 }),
      expect.objectContaining({
        event: "prompt_failed",
        step: 1,
        error_kind: kind,
        input_tokens: 7,
        latency_ms: expect.any(Number),
      }),
    ]);
  });

  it("takes a body that throws at once for one that failed", async () => {
    const body = () => {
      throw new RangeError("at once");
    };
    await expect(observe(prompt, {}, body)).rejects.toThrow("at once");
    expect(lines.map(({ event }) => event)).toEqual(["prompt_invoked", "prompt_failed"]);
  });

  it("works out what a call cost, where the model has a price", async () => {
    prices(prompt.model);
    await tokens();
    expect(lines[1]).toMatchObject({ input_tokens: 1_000, output_tokens: 200, cost_usd: 0.006 });
  });

  it.each<[string, () => void]>([
    ["no model is known", () => undefined],
    ["the model is not among those known", () => prices("another")],
    ["the models cannot be read", () => pricing("not JSON")],
    ["there is no such file", () => vi.stubEnv("PROMPTOPS_MODELS", join(folder, "none.json"))],
  ])("leaves the cost out where %s", async (_, prepare) => {
    prepare();
    await tokens();
    expect(lines[1]).toMatchObject({ event: "prompt_completed", input_tokens: 1_000 });
    expect(lines[1]).not.toHaveProperty("cost_usd");
  });

  it("believes a cost that the body gives", async () => {
    prices(prompt.model);
    await observe(prompt, {}, (event) =>
      Object.assign(event, { input_tokens: 1, output_tokens: 1, cost_usd: 9 }),
    );
    expect(lines[1]).toMatchObject({ cost_usd: 9 });
  });

  it("does not fail of its own, whatever it is given", async () => {
    const spiteful = Object.defineProperty({}, "trap", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    expect(await observe(prompt, spiteful, () => 1)).toBe(1);
    vi.mocked(process.stdout.write).mockImplementation(() => {
      throw new Error("no stdout");
    });
    expect(await observe(prompt, {}, () => 2)).toBe(2);
    expect(lines.map(({ event }) => event)).toEqual(["prompt_invoked", "prompt_completed"]);
  });
});
