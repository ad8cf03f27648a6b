import { describe, expect, it } from "vitest";
import { noUsage } from "../usage.ts";
import { gateFor } from "./gates.ts";
import type { Clock } from "./pace.ts";

/** Time that passes when it is waited for. */
class Waiting implements Clock {
  at = 0;
  now() {
    return this.at;
  }
  async wait(ms: number, signal: AbortSignal) {
    signal.throwIfAborted();
    this.at += ms;
  }
}

const estimates = { tokens: () => 100, cost: () => 1 };
const never = new AbortController().signal;
const spent = (costUsd: number, tokens = 0) => ({ inputTokens: tokens, outputTokens: 0, costUsd });

describe("gateFor", () => {
  it("is none without limits", () => {
    expect(gateFor({}, estimates, 0, () => {}, never, new Waiting())).toBeUndefined();
  });

  it("lets in as many requests as a minute may have", async () => {
    const clock = new Waiting();
    const gate = gateFor({ rpm: 600 }, estimates, 0, () => {}, never, clock);
    for (let count = 0; count < 601; count += 1) expect(await gate?.enter({})).toBe(true);
    expect(clock.at).toBeCloseTo(60_000);
  });

  it("lets in tokens by the estimate, and corrects it by what was used", async () => {
    const clock = new Waiting();
    const gate = gateFor({ tpm: 60_000 }, estimates, 0, () => {}, never, clock);
    await gate?.enter({});
    gate?.leave({}, spent(0, 500));
    await gate?.enter({});
    // 100 were estimated and 500 used, at 1,000 in a second.
    expect(clock.at).toBeCloseTo(500);
    gate?.leave({}, noUsage());
  });

  it("makes up for a rest by a second's worth at most", async () => {
    const clock = new Waiting();
    const gate = gateFor({ rpm: 600 }, estimates, 0, () => {}, never, clock);
    clock.at = 3_600_000;
    for (let count = 0; count < 20; count += 1) await gate?.enter({});
    expect(clock.at - 3_600_000).toBeCloseTo(900);
  });

  it("lets nothing in that the budget may not pay for, those under way counted", async () => {
    const stops: string[] = [];
    const gate = gateFor({ maxCost: 3 }, estimates, 0, () => stops.push("stop"), never, new Waiting());
    expect(await gate?.enter({})).toBe(true);
    expect(await gate?.enter({})).toBe(true);
    expect(await gate?.enter({})).toBe(true);
    expect(await gate?.enter({})).toBe(false);
    expect(stops).toHaveLength(1);
    for (const cost of [0.1, 0.1, 0.1]) gate?.leave({}, spent(cost));
    expect(await gate?.enter({})).toBe(true);
  });

  it("goes by the dearest record where the estimate was too low", async () => {
    const gate = gateFor({ maxCost: 10 }, estimates, 0, () => {}, never, new Waiting());
    await gate?.enter({});
    gate?.leave({}, spent(6));
    expect(await gate?.enter({})).toBe(false);
  });

  it("counts what the run has cost before", async () => {
    const gate = gateFor({ maxCost: 3 }, estimates, 2.5, () => {}, never, new Waiting());
    expect(await gate?.enter({})).toBe(false);
  });

  it("lets nothing in after a stop", async () => {
    const gate = gateFor({ rpm: 1 }, estimates, 0, () => {}, AbortSignal.abort(), new Waiting());
    expect(await gate?.enter({})).toBe(false);
  });
});
