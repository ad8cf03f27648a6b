import { afterEach, beforeEach, expect, it } from "vitest";
import { RuntimeApi } from "./runtime-api.ts";

const ERROR = { errorType: "TypeError", errorMessage: "no", stackTrace: [] };
let api: RuntimeApi;
let base: string;
beforeEach(async () => {
  api = new RuntimeApi("arn:aws:lambda:us-east-1:000000000000:function:f");
  base = `http://${await api.start()}/2018-06-01/runtime`;
});
afterEach(() => api.stop());

const post = (path: string, body: unknown) =>
  fetch(base + path, { method: "POST", body: JSON.stringify(body) });

/** Has an environment ask for an invocation, and gives it one. */
async function next(requestId: string): Promise<Response> {
  const asked = fetch(`${base}/invocation/next`);
  const message = await api.message();
  if (message.type !== "next") throw new Error(`it said ${message.type}`);
  message.deliver({ requestId, event: { a: 1 }, deadline: 1_700_000_000_000 });
  return asked;
}

it("holds the question for an invocation until there is one", async () => {
  const response = await next("first");
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "lambda-runtime-aws-request-id": "first",
    "lambda-runtime-deadline-ms": "1700000000000",
    "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
    "lambda-runtime-trace-id": expect.stringMatching(/^Root=1-/),
  });
  expect(await response.json()).toEqual({ a: 1 });
});

it.each([
  ["response", [1, 2], { type: "response", payload: [1, 2] }],
  ["error", ERROR, { type: "error", error: ERROR }],
])("takes one %s for an invocation, and none for another", async (kind, body, message) => {
  await next("first");
  expect((await post(`/invocation/second/${kind}`, body)).status).toBe(403);
  expect((await post(`/invocation/first/${kind}`, body)).status).toBe(202);
  expect(await api.message()).toEqual(message);
  expect((await post(`/invocation/first/${kind}`, body)).status).toBe(403);
});

it("takes an error from loading", async () => {
  expect((await post("/init/error", ERROR)).status).toBe(202);
  expect(await api.message()).toEqual({ type: "init-error", error: ERROR });
});

it("refuses what the Runtime API does not have", async () => {
  const response = await fetch(`${base}/elsewhere`);
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({
    errorType: "InvalidRequestID",
    errorMessage: "not expected: GET /2018-06-01/runtime/elsewhere",
  });
});
