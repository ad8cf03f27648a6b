import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { handler } from "./intent-classifier.ts";
import type { HttpEvent } from "./request.ts";

const context = { awsRequestId: "req-1" };

describe("a request that is not as it must be", () => {
  let written: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const json = (value: unknown) => ({ body: JSON.stringify(value) });
  const base64 = (text: string) => ({ body: Buffer.from(text).toString("base64"), isBase64Encoded: true });

  it.each<readonly [string, HttpEvent, string]>([
    ["no body", {}, "the body is missing"],
    ["an empty body", { body: "" }, "the body is missing"],
    ["an empty body in base64", { body: "", isBase64Encoded: true }, "the body is missing"],
    ["a body that is not JSON", { body: "message=hello" }, "the body is not JSON"],
    ["a body in base64 that is not JSON", base64("message=hello"), "the body is not JSON"],
    [
      "a body in base64 that does not say so",
      { body: base64('{"message":"a"}').body },
      "the body is not JSON",
    ],
    ["null", json(null), "the body is not a JSON object"],
    ["a text", json("hello"), "the body is not a JSON object"],
    ["a list", json(["hello"]), "message is missing"],
    ["no message", json({ text: "hello" }), "message is missing"],
    ["a number for a message", json({ message: 7 }), "message is no text, or empty"],
    ["an empty message", json({ message: "" }), "message is no text, or empty"],
    ["a blank message", json({ message: " \n" }), "message is no text, or empty"],
    ["a long message", json({ message: "a".repeat(10_001) }), "message has 10001 characters"],
    ["a number for a session", json({ message: "a", session_id: 7 }), "session_id is not a text"],
    ["an empty session", json({ message: "a", session_id: "" }), "session_id is not a text"],
    ["a long session", json({ message: "a", session_id: "s".repeat(201) }), "session_id is not a text"],
  ])("with %s is told what is expected", async (_, event, problem) => {
    const { statusCode, headers, body = "" } = await handler(event, context);
    expect(statusCode).toBe(400);
    expect(headers).toEqual({ "content-type": "application/json" });
    expect(JSON.parse(body)).toEqual({
      code: "malformed-request",
      error: expect.stringMatching(new RegExp(`^${problem}.*: expected {"message": "…"}`)),
    });
    expect(written).not.toHaveBeenCalled();
  });

  it.each(["GET", "PUT", "HEAD"])("with the method %s is told the right one", async (method) => {
    const event = { ...json({ message: "hello" }), requestContext: { http: { method } } };
    expect(await handler(event, context)).toEqual({
      statusCode: 405,
      headers: { "content-type": "application/json", allow: "POST" },
      body: JSON.stringify({ error: `expected POST, not ${method}`, code: "wrong-method" }),
    });
  });

  it("fails the invocation where it is no request at all", async () => {
    await expect(handler(null as unknown as HttpEvent, context)).rejects.toThrow(TypeError);
  });
});

it("loads no AI SDK to begin with", async () => {
  const program = `
    import { registerHooks } from "node:module";
    const seen = [];
    registerHooks({
      resolve(name, context, next) {
        const found = next(name, context);
        seen.push(found.url);
        return found;
      },
    });
    await import(${JSON.stringify(import.meta.resolve("./intent-classifier.ts"))});
    console.log(JSON.stringify(seen));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  const loaded = JSON.parse(stdout) as readonly string[];
  expect(loaded.some((url) => url.includes("/packages/models/"))).toBe(true);
  expect(loaded.filter((url) => /\/node_modules\/(?:ai|@ai-sdk)\//.test(url))).toEqual([]);
});
