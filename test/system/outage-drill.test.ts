import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connect, dynamoLedger, ensureTable } from "@promptops/core/dynamo";
import { type Engine, startEngine } from "@promptops/local";
import { pin } from "@promptops/registry";
import { appendVersion, candidate, intent, OutageProxy, type Weather } from "@promptops/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const ID = "customer-support.intent-classifier";
const LOAD = fileURLToPath(new URL("./drill.process.ts", import.meta.url));
const TTL = 400;
const STALE = 400;
/** What a busy machine may add to an age between its being checked and its being written, in milliseconds. */
const SLACK = 100;

interface Line {
  readonly event?: string;
  readonly answered?: number;
  readonly timestamp: string;
  readonly prompt_version: number;
  readonly source: string;
  readonly age_ms: number;
  readonly error_kind?: string;
}

/** What happened while the weather was so. */
interface Spell {
  readonly weather: Weather;
  readonly lines: Line[];
}

let engine: Engine;
let proxy: OutageProxy;
const spells: Spell[] = [];

/** One outage after another under load, with a pin in the last but one; every line that was written, by spell. */
beforeAll(async () => {
  engine = await startEngine();
  const address = { endpoint: engine.endpoint, table: "drill" };
  await ensureTable(connect(address), address.table);
  const ledger = dynamoLedger(address);
  const template = "Classify the message:\n- billing\n- other\n";
  for (const version of [1, 2]) {
    const parent = version === 1 ? {} : { parent: `${ID}#1` };
    await appendVersion(ledger, candidate({ id: ID, version, ...parent, variables: {}, template }));
  }
  proxy = new OutageProxy(engine.endpoint);
  const child = spawn(process.execPath, [LOAD], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      ...process.env,
      PROMPTOPS_TABLE: address.table,
      PROMPTOPS_ENDPOINT: await proxy.start(),
      PROMPTOPS_TTL_MS: String(TTL),
      PROMPTOPS_STALE_WHILE_REVALIDATE_MS: String(STALE),
    },
  });
  let lines: Line[] = [];
  let seen = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (text) => {
    lines.push(JSON.parse(text) as Line);
    seen.resolve();
  });
  /** Lets the load go on until it has answered so many calls. */
  const spell = async (weather: Weather, answers: number, act?: () => Promise<unknown>) => {
    lines = [];
    proxy.weather = weather;
    await act?.();
    spells.push({ weather, lines });
    while (lines.filter(({ answered }) => answered !== undefined).length < answers) {
      seen = Promise.withResolvers();
      await seen.promise;
    }
  };
  await spell("fine", 60);
  await spell("gone", 100);
  await spell("fine", 150);
  await spell("slow", 150);
  await spell("throttled", 100);
  await spell("fine", 150);
  await spell("corrupt", 100, () => pin(ledger, { id: ID, version: 1 }, intent));
  await spell("fine", 150);
  child.stdin.end();
  await once(child, "exit");
}, 120_000);
afterAll(async () => {
  await proxy?.stop();
  await engine?.stop();
});

const completed = ({ lines }: Spell) => lines.filter(({ event }) => event === "prompt_completed");
const answers = () => spells.flatMap(({ lines }) => lines.filter(({ answered }) => answered !== undefined));

test("no call fails, whatever becomes of the ledger", () => {
  expect(answers().length).toBeGreaterThan(700);
  expect(new Set(answers().map(({ answered }) => answered))).toEqual(new Set([200]));
});

test("while the ledger answers, nothing is older than the windows", () => {
  const slow = spells.filter(({ weather }) => weather === "slow");
  expect(slow).toHaveLength(1);
  for (const { age_ms: age } of slow.flatMap(completed)) expect(age).toBeLessThanOrEqual(TTL + STALE + SLACK);
});

test("while it does not, what is held is given, and says so", () => {
  for (const weather of ["gone", "throttled"] as const) {
    const held = spells.filter((spell) => spell.weather === weather).flatMap(completed);
    const old = held.filter(({ age_ms: age }) => age > TTL + STALE + SLACK);
    expect(old.length).toBeGreaterThan(20);
    expect(new Set(old.map(({ source }) => source))).toEqual(new Set(["stale"]));
  }
});

test("every source is the right one for its age", () => {
  for (const { source, age_ms: age } of spells.flatMap(completed)) {
    if (source === "memory") expect(age).toBeLessThan(TTL + SLACK);
    else expect(["ledger", "stale"]).toContain(source);
    if (source === "stale") expect(age).toBeGreaterThanOrEqual(TTL);
  }
});

test("each failure is told of with its kind, a few times at most", () => {
  const kinds = (wanted: Weather) =>
    spells
      .filter(({ weather }) => weather === wanted)
      .flatMap(({ lines }) => lines.filter(({ event }) => event === "prompt_read_failed"))
      .map(({ error_kind: kind }) => kind);
  for (const [weather, kind] of [
    ["gone", "unreachable"],
    ["throttled", "throttled"],
    ["corrupt", "corrupt-content"],
  ] as const) {
    const told = kinds(weather).filter((one) => one === kind);
    expect(told.length).toBeGreaterThan(0);
    // 100 calls in 2 s; the rests between attempts grow to the TTL.
    expect(told.length).toBeLessThan(20);
  }
});

test("a corrupt version is never served: what was served before is", () => {
  const [corrupt] = spells.filter(({ weather }) => weather === "corrupt");
  const given = completed(corrupt as Spell);
  expect(new Set(given.map(({ prompt_version: version }) => version))).toEqual(new Set([2]));
  expect(given.at(-1)?.source).toBe("stale");
});

test("it recovers within one TTL", () => {
  for (const [at, spell] of spells.entries()) {
    if (at === 0 || spell.weather !== "fine") continue;
    const events = completed(spell);
    const start = Date.parse(events[0]?.timestamp ?? "");
    // Give or take what a busy machine needs; the unit tests have the exact time.
    const after = events.filter(({ timestamp }) => Date.parse(timestamp) > start + TTL + 10 * SLACK);
    expect(after.length).toBeGreaterThan(10);
    expect(after.map(({ source }) => source)).not.toContain("stale");
  }
  expect(completed(spells.at(-1) as Spell).at(-1)).toMatchObject({ prompt_version: 1 });
});
