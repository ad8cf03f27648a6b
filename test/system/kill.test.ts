import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const PROMPTS = 1_000;
const LEDGERS = 5;
const KILLS_EACH = 10;

/** What a ledger holds, without what differs from run to run: times, event ids and the hashes that cover them. */
type Contents = readonly unknown[];

test(`killed at ${LEDGERS * KILLS_EACH} random moments and run again, sync of ${PROMPTS} prompts ends in the same ledger`, async () => {
  using undisturbed = await project();
  const started = performance.now();
  expect(await undisturbed.promptops("sync")).toMatchObject({ code: 0 });
  const duration = performance.now() - started;
  const expected = await contents(undisturbed);
  expect(expected).toHaveLength(PROMPTS);

  let killed = 0;
  for (let round = 0; round < LEDGERS; round += 1) {
    using disturbed = await project();
    for (let kill = 0; kill < KILLS_EACH; kill += 1) {
      const sync = disturbed.start("sync");
      const ended = once(sync, "exit");
      await Promise.race([ended, setTimeout(Math.random() * duration)]);
      if (sync.exitCode === null) killed += Number(sync.kill("SIGKILL"));
      await ended;
    }
    expect(await disturbed.promptops("sync")).toMatchObject({ code: 0 });
    expect(await contents(disturbed)).toEqual(expected);
    expect(await disturbed.promptops("verify")).toMatchObject({ code: 0 });
  }
  expect(killed).toBeGreaterThan(0);
});

async function project(): Promise<Project> {
  const made = new Project();
  for (let at = 0; at < PROMPTS; at += 1) {
    made.write(
      `prompts/bulk/prompt_${at}.yaml`,
      promptFile(`bulk.prompt-${at}`, 1, { template: `Answer ${at}.` }),
    );
  }
  await made.init();
  made.env.GIT_AUTHOR_DATE = "2026-05-01T00:00:00Z";
  made.env.GIT_COMMITTER_DATE = "2026-05-01T00:00:00Z";
  await made.commit("prompts");
  return made;
}

async function contents(of: Project): Promise<Contents> {
  const events =
    await of.json<{ id: string; seq: number; type: string; data: Record<string, unknown>; state: unknown }[]>(
      "log",
    );
  return events
    .map(({ id, seq, type, data: { itemHash: _, ...data }, state }) => ({ id, seq, type, data, state }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
