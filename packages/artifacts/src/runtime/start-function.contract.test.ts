import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zip } from "../zip.ts";
import { type FunctionOptions, type RunningFunction, startFunction } from "./start-function.ts";

let folder: string;
const started: RunningFunction[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-function-"));
});
afterEach(async () => {
  for (const fn of started.splice(0)) await fn.stop();
  rmSync(folder, { recursive: true });
});

/** A function with this code. */
function start(code: string, options: Partial<FunctionOptions> = {}, file = "index.mjs"): RunningFunction {
  writeFileSync(join(folder, file), code);
  const fn = startFunction({ folder, handler: "index.handler", ...options });
  started.push(fn);
  return fn;
}

describe("a function", () => {
  it("gets the event and gives a payload", async () => {
    const fn = start("export const handler = async (event) => ({ ...event, seen: true });");
    expect(await fn.invoke({ a: 1 })).toEqual({
      payload: { a: 1, seen: true },
      logs: [],
      coldStart: true,
      initMs: expect.any(Number),
    });
  });

  it("gives null where it returns nothing, and what it returns without a promise", async () => {
    const fn = start("export const handler = (event) => event.text;");
    expect(await fn.invoke({})).toMatchObject({ payload: null });
    expect(await fn.invoke({ text: "ümläut" })).toMatchObject({ payload: "ümläut" });
  });

  it("gets a context", async () => {
    const fn = start(
      `export const handler = async (event, context) => {
        const remaining = context.getRemainingTimeInMillis();
        return { ...context, remaining, trace: process.env._X_AMZN_TRACE_ID };
      };`,
      { name: "classifier", timeoutMs: 20_000 },
    );
    const { payload } = await fn.invoke({});
    const context = payload as { awsRequestId: string; remaining: number };
    expect(context).toMatchObject({
      functionName: "classifier",
      functionVersion: "$LATEST",
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      invokedFunctionArn: expect.stringMatching(/:function:classifier$/),
      logGroupName: "/aws/lambda/classifier",
      trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    expect(context.remaining).toBeGreaterThan(0);
    expect(context.remaining).toBeLessThanOrEqual(20_000);
    const { payload: second } = await fn.invoke({});
    expect((second as { awsRequestId: string }).awsRequestId).not.toBe(context.awsRequestId);
  });

  it("has the environment that Lambda gives it, its own variables, and nothing of this process", async () => {
    process.env.PROMPTOPS_OUTSIDE = "not for functions";
    try {
      const fn = start("export const handler = async () => process.env;", {
        environment: { OWN: "1", NODE_PATH: "not this", LEFT_OUT: undefined },
      });
      const { payload } = await fn.invoke({});
      expect(payload).toMatchObject({
        OWN: "1",
        _HANDLER: "index.handler",
        TZ: ":UTC",
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
        AWS_LAMBDA_LOG_FORMAT: "Text",
        NODE_PATH: expect.stringContaining("/opt/nodejs/node_modules"),
      });
      expect(payload).not.toHaveProperty("PROMPTOPS_OUTSIDE");
      expect(payload).not.toHaveProperty("LEFT_OUT");
    } finally {
      delete process.env.PROMPTOPS_OUTSIDE;
    }
  });

  it.each([
    ["index.js", "CommonJS", "exports.handler = async () => typeof require;", "function"],
    ["index.cjs", "CommonJS", "exports.handler = async () => typeof require;", "function"],
    ["index.mjs", "an ES module", "export const handler = async () => typeof require;", "undefined"],
  ])("in %s is %s", async (file, _, code, payload) => {
    expect(await start(code, {}, file).invoke({})).toMatchObject({ payload });
  });

  it("in index.js is an ES module where package.json says so, and may be an export's member", async () => {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const fn = start(
      "export const api = { get: async () => typeof require };",
      { handler: "index.api.get" },
      "index.js",
    );
    expect(await fn.invoke({})).toMatchObject({ payload: "undefined" });
  });

  it("stays loaded, and one call waits for another", async () => {
    const fn = start(`
      let calls = 0;
      let now = 0;
      export const handler = async () => {
        now += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { calls: ++calls, now: now-- };
      };
    `);
    const answers = await Promise.all([fn.invoke({}), fn.invoke({}), fn.invoke({})]);
    expect(answers.map(({ payload, coldStart }) => ({ payload, coldStart }))).toEqual([
      { payload: { calls: 1, now: 1 }, coldStart: true },
      { payload: { calls: 2, now: 1 }, coldStart: false },
      { payload: { calls: 3, now: 1 }, coldStart: false },
    ]);
    expect(answers.map(({ initMs }) => initMs > 0)).toEqual([true, false, false]);
  });

  it("stands still between calls", async () => {
    const fn = start(`
      let ticks = 0;
      setInterval(() => { ticks += 1; }, 5);
      export const handler = async (waitMs) => {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        return ticks;
      };
    `);
    const before = (await fn.invoke(100)).payload as number;
    expect(before).toBeGreaterThan(1);
    await setTimeout(500);
    const after = (await fn.invoke(0)).payload as number;
    expect(after - before).toBeLessThan(20);
  });

  it("has its output told line by line, to the call that it was written in", async () => {
    const fn = start(`
      process.stdout.write("loading\\n");
      export const handler = async (text) => {
        process.stdout.write(text + "\\nno end");
      };
    `);
    expect((await fn.invoke('{"a":1}')).logs).toEqual(["loading", '{"a":1}', "no end"]);
    const long = "x".repeat(1_000_000);
    expect((await fn.invoke(long)).logs).toEqual([long, "no end"]);
  });

  it("has what the console gets written as Lambda does", async () => {
    const code = `export const handler = async () => { console.warn("two\\nlines", { a: 1 }); };`;
    const text = (await start(code).invoke({})).logs;
    expect(text).toEqual([expect.stringMatching(/^\d{4}-.*Z\t[0-9a-f-]{36}\tWARN\ttwo\rlines \{ a: 1 \}$/)]);
    const json = await start(code, { environment: { AWS_LAMBDA_LOG_FORMAT: "JSON" } }).invoke({});
    expect(json.logs.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: "WARN", message: "two\nlines { a: 1 }" }),
    ]);
  });
});

describe("a function that fails", () => {
  const COUNTING = `
    let calls = 0;
    export const handler = async (how) => {
      calls += 1;
      if (how === "throw") throw new TypeError("no such thing");
      if (how === "hang") await new Promise(() => setInterval(() => {}, 1_000));
      if (how === "exit") process.exit(7);
      if (how === "uncaught") {
        setTimeout(() => { throw new RangeError("nobody caught it"); });
        await new Promise(() => setInterval(() => {}, 1_000));
      }
      return calls;
    };
  `;

  it("with an error goes on", async () => {
    const fn = start(COUNTING);
    const { payload, error } = await fn.invoke("throw");
    expect(payload).toBeNull();
    expect(error).toMatchObject({ errorType: "TypeError", errorMessage: "no such thing" });
    expect(error?.stackTrace.join()).toContain("index.mjs");
    expect(await fn.invoke("")).toMatchObject({ payload: 2, coldStart: false });
  });

  it.each([
    ["hang", { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 0.50 seconds" }],
    ["exit", { errorType: "Runtime.ExitError", errorMessage: "Runtime exited with error: exit status 7" }],
    ["uncaught", { errorType: "RangeError", errorMessage: "nobody caught it" }],
  ])("by %s starts anew", async (how, error) => {
    const fn = start(COUNTING, { timeoutMs: 500 });
    expect(await fn.invoke("")).toMatchObject({ payload: 1 });
    expect(await fn.invoke(how)).toMatchObject({ payload: null, error, coldStart: false });
    expect(await fn.invoke("")).toMatchObject({ payload: 1, coldStart: true });
  });

  it.each(["process.exit(5)", "{ throw new Error(5); }"])(
    "once it has answered has answered: %s",
    async (end) => {
      // The runtime writes when it has sent the answer.
      const fn = start(`export const handler = async () => {
      process.stdout.write = () => ${end};
      return "answered";
    };`);
      for (let call = 1; call <= 2; call += 1) {
        expect(await fn.invoke({})).toMatchObject({ payload: "answered", coldStart: true });
      }
    },
  );

  it.each([
    ["throws while loading", 'throw new TypeError("not today");', "TypeError"],
    ["does not export the handler", "export const other = 1;", "Runtime.HandlerNotFound"],
    ["is not JavaScript", "export const handler = {", "Runtime.UserCodeSyntaxError"],
    ["imports what is not there", 'import "not-there";', "Runtime.ImportModuleError"],
    ["takes a callback", "export const handler = (a, b, c) => c();", "Runtime.CallbackHandlerDeprecated"],
    ["ends while loading", "process.exit(4);", "Runtime.ExitError"],
  ])("because it %s says so, with each call", async (_, code, errorType) => {
    const fn = start(code);
    for (let call = 1; call <= 2; call += 1) {
      expect(await fn.invoke({})).toMatchObject({ payload: null, error: { errorType }, coldStart: true });
    }
  });

  it.each([
    ["elsewhere.handler", "Runtime.ImportModuleError"],
    ["index", "Runtime.MalformedHandlerName"],
  ])("because its handler is %s says so", async (handler, errorType) => {
    const fn = start("export const handler = async () => 1;", { handler });
    expect(await fn.invoke({})).toMatchObject({ error: { errorType } });
  });

  it("takes along what it started", async () => {
    const fn = start(
      `import { spawn } from "node:child_process";
      export const handler = async () => {
        const { pid } = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
        return pid;
      };`,
    );
    const { payload: pid } = await fn.invoke({});
    expect(process.kill(pid as number, 0)).toBe(true);
    // What goes on holds the function's output open, and would be waited for.
    await fn.stop();
  });

  it("may be stopped in a call, and is not called after that", async () => {
    const called = join(folder, "called");
    const fn = start(
      `import { writeFileSync } from "node:fs";
      export const handler = async () => {
        writeFileSync(${JSON.stringify(called)}, "");
        await new Promise(() => setInterval(() => {}, 1_000));
      };`,
      { timeoutMs: 60_000 },
    );
    const call = fn.invoke({});
    const waiting = fn.invoke({}).catch((error: unknown) => error);
    await expect.poll(() => existsSync(called), { timeout: 20_000 }).toBe(true);
    await fn.stop();
    expect(await call).toMatchObject({ error: { errorMessage: "Runtime exited with error: SIGKILL" } });
    expect(await waiting).toEqual(new Error("the function was stopped"));
  });
});

describe("a layer", () => {
  const files = {
    "nodejs/node_modules/greeting/package.json": '{"exports":{"import":"./a.mjs","require":"./b.cjs"}}',
    "nodejs/node_modules/greeting/a.mjs": 'export const greeting = "imported";',
    "nodejs/node_modules/greeting/b.cjs": 'exports.greeting = "required";',
    "greeting.txt": "read",
  };
  let layer: string;
  beforeEach(() => {
    layer = join(folder, "layer.zip");
    const contents = Object.entries(files).map(([path, text]) => [path, Buffer.from(text)] as const);
    writeFileSync(layer, zip(new Map(contents)));
  });

  it.each([
    ["import", "index.mjs", 'import { greeting } from "greeting";', "imported"],
    [
      "import by path",
      "index.mjs",
      'import { greeting } from "/opt/nodejs/node_modules/greeting/a.mjs";',
      "imported",
    ],
    [
      "import by URL",
      "index.mjs",
      'import { greeting } from "file:///opt/nodejs/node_modules/greeting/a.mjs";',
      "imported",
    ],
    [
      "import()",
      "index.cjs",
      'const greeting = import("greeting").then(({ greeting }) => greeting);',
      "imported",
    ],
    ["require", "index.cjs", 'const { greeting } = require("greeting");', "required"],
    [
      "a read",
      "index.mjs",
      'import { readFileSync } from "node:fs"; const greeting = readFileSync("/opt/greeting.txt", "utf8");',
      "read",
    ],
  ])("is reached by %s", async (_, file, code, payload) => {
    const exported = file.endsWith(".mjs") ? "export const handler =" : "exports.handler =";
    expect(
      await start(`${code} ${exported} async () => greeting;`, { layer }, file).invoke({}),
    ).toMatchObject({
      payload,
    });
  });

  it("is gone with the function", async () => {
    const fn = start(
      `import { createRequire } from "node:module";
      export const handler = async () => createRequire(import.meta.url).resolve("greeting");`,
      { layer },
    );
    const { payload: file } = await fn.invoke({});
    expect(existsSync(file as string)).toBe(true);
    await fn.stop();
    expect(existsSync(file as string)).toBe(false);
  });
});
