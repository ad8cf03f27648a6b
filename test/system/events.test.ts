import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { EVENT_COLUMNS } from "@promptops/events";
import { deliverLogRecords } from "@promptops/events/lake";
import { openRunner } from "@promptops/events/queries";
import { AthenaServer } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const ID = "support.classifier";
const FILE = "prompts/support/classifier.yaml";
const MODELS = "claude-sonnet-4-5:\n  provider: bedrock\n  id: m\n  price: { input: 3, output: 15 }\n";
const VERSIONS = ["Text.", "Another text."];

/** Asks for what is live, or for the version named, and makes so many calls of it, of which some fail. */
const PROGRAM = `
  import { loadPrompt, observe } from "@promptops/core";
  const [version, calls, failures] = process.argv.slice(2).map(Number);
  const prompt = await loadPrompt("${ID}", version ? { version } : {});
  for (let call = 0; call < calls; call += 1) {
    await observe(prompt, { session_id: "s-" + call, custom: { call } }, (event) => {
      if (call < failures) throw new RangeError("no");
      Object.assign(event, { input_tokens: 1000, output_tokens: 200, label: "billing" });
    }).catch(() => undefined);
  }
`;

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.init();
  project.install();
  project.env.PROMPTOPS_SERVICE = "bot";
  project.write("prompts/models.yaml", MODELS);
  project.write("program.mjs", PROGRAM);
  for (const [at, template] of VERSIONS.entries()) {
    const parent = at === 0 ? {} : { parent: at };
    project.write(FILE, promptFile(ID, at + 1, { ...parent, template }));
    await project.commit(`version ${at + 1}`);
    expect(await project.promptops("sync")).toMatchObject({ code: 0 });
  }
});
afterEach(() => project[Symbol.dispose]());

/** Runs the program under `exec`; @returns the lines it logged. */
async function call(version: number, calls: number, failures = 0): Promise<readonly string[]> {
  const args = [version, calls, failures].map(String);
  const { code, stdout } = await project.promptops("exec", "--", process.execPath, "program.mjs", ...args);
  expect(code).toBe(0);
  return stdout.trimEnd().split("\n");
}

const ask = <T>(...args: string[]) => project.json<T>("events", ...args);

describe("promptops events", () => {
  test("an empty lake is no error, and says how to fill it", async () => {
    for (const question of [["stats"], ["versions"], ["cost"], ["tail"], ["compare", `${ID}#1`, `${ID}#2`]]) {
      expect(await project.promptops("events", ...question)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("promptops exec --"),
      });
    }
  });

  test("what a program logs is in the answers, each line once", async () => {
    const lines = await call(0, 4, 1);
    expect(lines).toHaveLength(8);
    await call(1, 2);
    const figures = { input_tokens: 3000, output_tokens: 600, cost_usd: expect.closeTo(0.018, 9) };
    for (let again = 0; again < 2; again += 1) {
      expect(await ask("stats", "classifier")).toMatchObject({
        id: ID,
        versions: [
          { prompt_version: 1, calls: 2, failures: 0 },
          { prompt_version: 2, calls: 4, failures: 1, failure_rate: 0.25, ...figures },
        ],
        days: [{ calls: 6 }],
      });
    }
    expect(await ask("stats")).toMatchObject({ prompts: [{ prompt_id: ID, calls: 6 }] });
    expect(readdirSync(join(project.folder, ".promptops/lake/spool"))).toEqual([]);
    const tail = await ask<{ event_id: string }[]>("tail");
    expect(
      tail
        .slice(0, 8)
        .map(({ event_id: id }) => id)
        .sort(),
    ).toEqual(lines.map((line) => (JSON.parse(line) as { event_id: string }).event_id).sort());
  });

  test("two versions are compared with intervals", async () => {
    await call(1, 20, 10);
    await call(2, 20);
    const { measures } = await ask<{ measures: { measure: string }[] }>("compare", `${ID}#1`, `${ID}#2`);
    expect(measures[0]).toMatchObject({
      measure: "failure rate",
      first: { value: 0.5, low: expect.closeTo(0.299, 3), high: expect.closeTo(0.701, 3) },
      second: { value: 0, low: 0, high: expect.closeTo(0.161, 3) },
      difference: { value: -0.5, high: expect.closeTo(-0.243, 3) },
    });
    const { stdout } = await project.promptops("events", "compare", `${ID}#1`, `${ID}#2`);
    expect(stdout).toContain("50.0 % [29.9 %, 70.1 %]");
    expect(await project.promptops("events", "compare", ID, `${ID}#2`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("names no version"),
    });
  });

  test("the census tells who is current, and for how long a version was given after a pin", async () => {
    await call(0, 1);
    await call(1, 1);
    await project.promptops("pin", `${ID}#1`, "--reason", "hold");
    expect(await ask("versions")).toMatchObject({
      services: [
        { id: ID, channel: "live", service: "bot", version: 2, standing: "not-seen" },
        { channel: null, version: 1, standing: "exact" },
      ],
      changes: [{ type: "PromptPinned", versions: [1], replaced: [2], lagMs: 0 }],
    });
    await call(0, 1);
    expect(await ask("versions")).toMatchObject({
      services: [{ channel: "live", version: 1, standing: "current" }, { standing: "exact" }],
    });
    const { stdout } = await project.promptops("events", "versions");
    expect(stdout).toMatch(/pinned live to #1 at \S+; #2 was not given after that/);
  });

  test("cost is by prompt, owner and tag, and estimated for a version that was never called", async () => {
    await call(1, 10);
    const calls = 10;
    const spend = { calls, unpriced: 0, cost_usd: expect.closeTo(0.06, 9) };
    expect(await ask("cost")).toMatchObject({
      cost_usd: expect.closeTo(0.06, 9),
      prompts: [{ name: ID, ...spend }],
      owners: [{ name: "team-a", ...spend }],
      tags: [{ name: "test", ...spend }],
    });
    const { stdout } = await project.promptops("events", "cost", "--csv");
    expect(stdout.split("\r\n")[0]).toBe("by,name,calls,unpriced,cost_usd");
    expect(await ask("cost", "--if", `${ID}#1`)).toMatchObject({
      calls,
      tokens: { input: 1000, output: 200, basis: "seen" },
      cost_usd: expect.closeTo(0.06, 9),
    });
    // Eight characters more are two tokens.
    expect(await ask("cost", "--if", `${ID}#2`)).toMatchObject({
      tokens: { input: 1002, output: 200, basis: "estimated" },
      cost_usd: expect.closeTo(0.06006, 9),
      seen_cost_usd: expect.closeTo(0.06, 9),
    });
    expect(await project.promptops("events", "cost", "--if", `${ID}#9`)).toMatchObject({ code: 1 });
  });

  test("a query is one SELECT, and sees the lake alone", async () => {
    await call(1, 2);
    const select =
      "SELECT event, COUNT(*) AS n, MIN(extra) AS extra FROM events GROUP BY event ORDER BY event";
    const extra = '{"custom":{"call":0}}';
    expect(await ask("query", select)).toEqual([
      { event: "prompt_completed", n: 2, extra },
      { event: "prompt_invoked", n: 2, extra },
    ]);
    expect(await project.promptops("events", "query", select, "--csv")).toMatchObject({
      stdout: expect.stringContaining('prompt_invoked,2,"{""custom"":{""call"":0}}"\r\n'),
    });
    expect(await ask("query", "SELECT COUNT(*) AS n FROM events", "--since", "2100-01-01")).toEqual([
      { n: 0 },
    ]);
    for (const refused of [
      "DELETE FROM events",
      "SELECT 1; SELECT 2",
      "SELECT * FROM read_text('program.mjs')",
    ]) {
      expect(await project.promptops("events", "query", refused)).toMatchObject({ code: 1, stdout: "" });
    }
    expect(await project.promptops("events", "stats", "--since", "soon")).toMatchObject({ code: 2 });
  });

  test("tail goes on with events as they come, until it is told to stop", async () => {
    await call(1, 15);
    const child = project.start("events", "tail", "--follow", "--json");
    let seen = "";
    const lines = () =>
      seen
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { event_id: string });
    const until = async (count: number) => {
      while (lines().length < count) {
        const [chunk] = (await once(child.stdout ?? child, "data")) as [Buffer];
        seen += chunk.toString();
      }
    };
    await until(20);
    await Promise.all([until(22), call(2, 1, 1)]);
    const all = lines();
    expect(new Set(all.map(({ event_id: id }) => id)).size).toBe(22);
    expect(all.slice(0, 20)).toEqual(
      all.slice(0, 20).map(() => expect.objectContaining({ prompt_version: 1 })),
    );
    expect(all.slice(20)).toMatchObject([
      { event: "prompt_invoked", prompt_version: 2 },
      { event: "prompt_failed", prompt_version: 2, error_kind: "RangeError" },
    ]);
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("tail ends when nobody reads it any more", async () => {
    await call(1, 2);
    const child = project.start("events", "tail", "--follow");
    await once(child.stdout ?? child, "data");
    child.stdout?.destroy();
    const ended = once(child, "exit");
    await call(2, 1);
    expect(await ended).toEqual([0, null]);
  });

  test("with a stage's database, Athena is asked", async () => {
    const server = new AthenaServer(() => ({
      columns: [
        { name: "event", type: "varchar" },
        { name: "n", type: "bigint" },
      ],
      rows: [["prompt_invoked", "7"]],
    }));
    try {
      Object.assign(project.env, {
        AWS_ENDPOINT_URL_ATHENA: await server.start(),
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        PROMPTOPS_ATHENA_DATABASE: "prompts",
        PROMPTOPS_ATHENA_TABLE: "lines",
        PROMPTOPS_ATHENA_WORKGROUP: "analysts",
      });
      expect(await ask("query", "SELECT event, COUNT(*) AS n FROM events GROUP BY event")).toEqual([
        { event: "prompt_invoked", n: 7 },
      ]);
      expect(server.queries).toMatchObject([
        { WorkGroup: "analysts", QueryExecutionContext: { Database: "prompts" } },
      ]);
      expect(server.queries[0]?.QueryString).toContain('FROM "lines"');
    } finally {
      await server.stop();
    }
  });
});

test("lines of a function as it is deployed go all the way, and are rows with every field", async () => {
  const id = "customer-support.intent-classifier";
  const template = "Classify the message into one of:\n- billing\n- technical\n- other\n";
  project.write("prompts/customer_support/intent_classifier.yaml", promptFile(id, 1, { template }));
  await project.commit("another");
  await project.promptops("sync");
  project.write("event.json", JSON.stringify({ body: '{"message":"I was charged twice"}' }));
  const { logs } = await project.json<{ logs: string[] }>(
    "invoke",
    "intent-classifier",
    "--event",
    "event.json",
  );
  const logEvents = logs.map((message, at) => ({ id: String(at), timestamp: Date.now(), message }));
  const record = {
    messageType: "DATA_MESSAGE",
    owner: "123456789012",
    logGroup: "/aws/lambda/intent-classifier",
    logStream: "2026/03/01/[$LATEST]0123456789abcdef",
    subscriptionFilters: ["events"],
    logEvents: [...logEvents, { id: "end", timestamp: Date.now(), message: "END RequestId: 1" }],
  };
  const lake = join(project.folder, "lake");
  expect(await deliverLogRecords(lake, [gzipSync(JSON.stringify(record))])).toEqual({ rows: 2, failed: 0 });
  await using runner = await openRunner({ lake });
  const { rows } = await runner.query("SELECT * FROM events", { since: new Date(0) });
  for (const line of logs) {
    const logged = JSON.parse(line) as Record<string, unknown>;
    expect(logged).toHaveProperty("_aws");
    const row = rows.find(({ event_id: eventId }) => eventId === logged.event_id);
    const fields = EVENT_COLUMNS.map(({ name }) => [name, logged[name] ?? null]);
    expect(row).toMatchObject(Object.fromEntries(fields));
    expect(Object.keys(row ?? {})).toEqual([
      ...EVENT_COLUMNS.map(({ name }) => name),
      "dt",
      "hour",
      "weight",
    ]);
    expect(row).toMatchObject({
      prompt_id: id,
      runtime: "lambda",
      channel: "live",
      request_id: expect.any(String),
    });
  }
  // The same lines were kept here, as those of any program that a command starts.
  const kept = await ask<{ event_id: string }[]>("tail");
  expect(kept.map(({ event_id: eventId }) => eventId).sort()).toEqual(
    rows.map(({ event_id: eventId }) => eventId).sort(),
  );
});
