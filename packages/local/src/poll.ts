import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 200;

/**
 * Asks until the answer is not `undefined`, and returns that. The pauses between are random and grow with the time
 * waited: few waiters lose little time, hundreds leave the machine to the one that all are waiting for.
 * @throws what `late` makes, after a minute
 */
export async function poll<Answer>(
  ask: () => Answer | undefined | Promise<Answer | undefined>,
  late: () => Error,
): Promise<Answer> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const waited = performance.now() - start;
    if (waited > PATIENCE_MS) throw late();
    await sleep(Math.random() * Math.min(Math.max(waited, 2), LONGEST_PAUSE_MS));
  }
}
