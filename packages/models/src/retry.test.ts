import { beforeEach, describe, expect, it, vi } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { Calls, type Clock, type Failure } from "./retry.ts";

const error = new Error("no");
const passing: Failure = { retryable: true, throttled: false, error };
const never = new AbortController().signal;

/** Fails so often, then answers. */
function failing(times: number) {
  let tries = 0;
  return async () => {
    if (tries++ < times) throw new Error("thrown");
    return tries;
  };
}

describe("calls that are tried again", () => {
  let clock: ManualClock;
  let calls: Calls;
  beforeEach(() => {
    clock = new ManualClock();
    calls = new Calls(clock);
  });
  const run = (attempt: () => Promise<number>, failure: Failure, withinMs = 1e6, signal = never) =>
    calls.run(attempt, () => failure, withinMs, signal);

  it("wait longer each time, by up to half less than twice as long", async () => {
    expect(await run(failing(5), passing)).toBe(6);
    expect(clock.waits).toHaveLength(5);
    for (const [at, wait] of clock.waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** at);
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** at);
    }
  });

  it("end after the sixth try, or at once where another makes no sense", async () => {
    await expect(run(failing(6), passing)).rejects.toBe(error);
    expect(clock.waits).toHaveLength(5);
    await expect(run(failing(1), { ...passing, retryable: false })).rejects.toBe(error);
    expect(clock.waits).toHaveLength(5);
  });

  it("wait as long as they are asked to", async () => {
    await run(failing(2), { ...passing, retryAfterMs: 7000 });
    expect(clock.waits).toEqual([7000, 7000]);
  });

  it("do not begin a wait that would last too long", async () => {
    await expect(run(failing(1), { ...passing, retryAfterMs: 5001 }, 5000)).rejects.toBe(error);
    expect(clock.waits).toEqual([]);
  });

  it("are all held back when one is throttled, for as long as any was asked to wait", async () => {
    const time = new StoppedClock();
    const shared = new Calls(time);
    const throttled = (attempt: () => Promise<number>, retryAfterMs: number) =>
      shared.run(attempt, () => ({ ...passing, throttled: true, retryAfterMs }), 1e6, never);
    const slow = Promise.withResolvers<number>();
    let slowTries = 0;
    const second = throttled(() => (slowTries++ === 0 ? slow.promise : Promise.resolve(2)), 10);
    const first = throttled(failing(1), 9000);
    await vi.waitFor(() => expect(time.waits).toEqual([9000]));
    slow.reject(new Error("thrown"));
    await vi.waitFor(() => expect(time.waits).toEqual([9000, 9000]));
    time.pass(4000);
    const third = shared.run(failing(0), () => passing, 1e6, never);
    expect(time.waits).toEqual([9000, 9000, 5000]);
    time.pass(5000);
    expect(await Promise.all([first, second, third])).toEqual([2, 2, 1]);
  });

  it("end with the signal", async () => {
    const abort = new AbortController();
    const reason = new Error("stop");
    const attempt = async () => {
      abort.abort(reason);
      throw new Error("cut off");
    };
    await expect(run(attempt, passing, 1e6, abort.signal)).rejects.toBe(reason);
    await expect(run(failing(0), passing, 1e6, abort.signal)).resolves.toBe(1);
  });
});

/** Time that passes when the test says so. */
class StoppedClock implements Clock {
  readonly waits: number[] = [];
  readonly #waiting: { readonly until: number; readonly end: () => void }[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waits.push(ms);
    this.#waiting.push({ until: this.#now + ms, end: resolve });
    return promise;
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const { until, end } of this.#waiting) if (until <= this.#now) end();
  }
}
