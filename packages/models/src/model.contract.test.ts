import type { Model } from "@promptops/core/domain";
import { hangUp, LocalApi, noReply, type Reply, replyJson, replyText } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManualClock } from "./manual-clock.ts";
import { modelProvider } from "./model.ts";
import type { ModelCall } from "./provider.ts";

const PRICE = { input: 3, output: 15 };
const never = new AbortController().signal;

const call: ModelCall = {
  messages: [
    { role: "system", content: "Name the intent." },
    { role: "user", content: "Ünïcode: where is it?" },
  ],
  parameters: { temperature: 0.5, max_tokens: 5 },
};

/** What is different between the providers: how they are found, and their documented wire formats. */
interface Wire {
  readonly model: Model;
  readonly environment: (url: string) => Readonly<Record<string, string>>;
  readonly answer: (text: string) => unknown;
  readonly error: (message: string) => unknown;
  readonly path: string;
  readonly authorised: (headers: Readonly<Record<string, unknown>>) => void;
  readonly body: object;
}

const WIRES: Readonly<Record<Model["provider"], Wire>> = {
  anthropic: {
    model: { provider: "anthropic", id: "claude-sonnet-4-5", price: PRICE },
    environment: (url) => ({ ANTHROPIC_API_KEY: "sk-ant-test", ANTHROPIC_BASE_URL: url }),
    answer: (text) => ({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: { input_tokens: 21, output_tokens: 4 },
    }),
    error: (message) => ({ type: "error", error: { type: "some_error", message } }),
    path: "/v1/messages",
    authorised(headers) {
      expect(headers).toMatchObject({ "x-api-key": "sk-ant-test", "anthropic-version": "2023-06-01" });
    },
    body: {
      model: "claude-sonnet-4-5",
      max_tokens: 5,
      temperature: 0.5,
      system: [{ type: "text", text: "Name the intent." }],
      messages: [{ role: "user", content: [{ type: "text", text: "Ünïcode: where is it?" }] }],
    },
  },
  openai: {
    model: { provider: "openai", id: "gpt-4.1-mini", price: PRICE },
    environment: (url) => ({ OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: `${url}/v1` }),
    answer: (text) => ({
      id: "resp_1",
      object: "response",
      created_at: 1_770_000_000,
      status: "completed",
      model: "gpt-4.1-mini",
      output: [
        {
          type: "message",
          id: "item_1",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text, annotations: [] }],
        },
      ],
      usage: {
        input_tokens: 21,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 4,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 25,
      },
    }),
    error: (message) => ({ error: { message, type: "some_error", param: null, code: null } }),
    path: "/v1/responses",
    authorised(headers) {
      expect(headers).toMatchObject({ authorization: "Bearer sk-test" });
    },
    body: {
      model: "gpt-4.1-mini",
      max_output_tokens: 5,
      temperature: 0.5,
      input: [
        { role: "system", content: "Name the intent." },
        { role: "user", content: [{ type: "input_text", text: "Ünïcode: where is it?" }] },
      ],
    },
  },
  bedrock: {
    model: { provider: "bedrock", id: "eu.anthropic.claude-haiku-4-5-v1:0", price: PRICE },
    environment: (url) => ({
      AWS_ACCESS_KEY_ID: "AKIATEST",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session",
      AWS_REGION: "eu-central-1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    }),
    answer: (text) => ({
      metrics: { latencyMs: 400 },
      output: { message: { role: "assistant", content: [{ text }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 21, outputTokens: 4, totalTokens: 25 },
    }),
    error: (message) => ({ message }),
    path: "/model/eu.anthropic.claude-haiku-4-5-v1%3A0/converse",
    authorised(headers) {
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-central-1\/bedrock\/aws4_request, .*Signature=[0-9a-f]{64}$/,
      );
      expect(headers["x-amz-security-token"]).toBe("session");
    },
    body: {
      inferenceConfig: { maxTokens: 5, temperature: 0.5 },
      system: [{ text: "Name the intent." }],
      messages: [{ role: "user", content: [{ text: "Ünïcode: where is it?" }] }],
    },
  },
};

const VARIABLES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_BASE_URL",
  "AWS_ACCESS_KEY_ID",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
];

function setEnvironment(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
}

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(Object.entries(WIRES))("a model of %s", (name, wire) => {
  let clock: ManualClock;
  beforeEach(() => {
    clock = new ManualClock();
  });

  const withReplies = async (...replies: readonly Reply[]) => {
    const api = await LocalApi.start(...replies);
    setEnvironment(wire.environment(api.url));
    return { api, provider: await modelProvider(wire.model, { clock }) };
  };
  const good = replyJson(200, wire.answer("billing"));
  const error = (status: number, headers?: Record<string, string>) =>
    replyJson(status, wire.error("What they say."), headers);

  it("is asked in its wire format, and answers with text, tokens and cost", async () => {
    const { api, provider } = await withReplies(good);
    await using _ = api;
    const answer = await provider.ask(call, never);
    expect(answer).toEqual({
      text: "billing",
      inputTokens: 21,
      outputTokens: 4,
      costUsd: (21 * 3 + 4 * 15) / 1e6,
      latencyMs: 0,
      warnings: [],
    });
    expect(provider).toMatchObject({ name, model: wire.model.id, mode: "live", priced: true });
    const [received] = api.received;
    expect(received).toMatchObject({ method: "POST", path: wire.path });
    expect(received?.body).toMatchObject(wire.body);
    wire.authorised(received?.headers ?? {});
  });

  it("has no cost without a price", async () => {
    const api = await LocalApi.start(good);
    await using _ = api;
    setEnvironment(wire.environment(api.url));
    const { price: __, ...unpriced } = wire.model;
    const provider = await modelProvider(unpriced);
    expect(provider.priced).toBe(false);
    expect((await provider.ask(call, never)).costUsd).toBeNull();
  });

  it("is asked again when it is throttled, after the time that it asks for", async () => {
    const { api, provider } = await withReplies(error(429, { "retry-after": "7" }), error(429), good);
    await using _ = api;
    expect((await provider.ask(call, never)).text).toBe("billing");
    expect(api.received).toHaveLength(3);
    expect(clock.waits[0]).toBe(7000);
    expect(clock.waits[1]).toBeGreaterThanOrEqual(1000);
  });

  it.each<readonly [string, Reply]>([
    ["is overloaded", error(529)],
    ["fails", error(500)],
    ["is unavailable", replyText(503, "<html>Service Unavailable</html>", { "content-type": "text/html" })],
    ["hangs up", hangUp],
    ["answers half a JSON", replyText(200, '{"id": "msg', { "content-type": "application/json" })],
    ["answers something else", replyJson(200, { ok: true })],
  ])("is asked again when it %s", async (_, reply) => {
    const { api, provider } = await withReplies(reply, good);
    await using __ = api;
    expect((await provider.ask(call, never)).text).toBe("billing");
    expect(api.received).toHaveLength(2);
  });

  it("is given up after six tries, with its own words", async () => {
    const { api, provider } = await withReplies(error(529));
    await using _ = api;
    await expect(provider.ask(call, never)).rejects.toMatchObject({
      code: "provider-failed",
      blame: "service",
      message: expect.stringMatching(/HTTP 529, 6 times\): .*What they say\./),
      hint: expect.stringContaining("concurrency"),
    });
    expect(api.received).toHaveLength(6);
  });

  it("is given up when it asks to wait longer than an answer may take", async () => {
    const { api, provider } = await withReplies(error(429, { "retry-after": "3600" }));
    await using _ = api;
    await expect(provider.ask(call, never)).rejects.toMatchObject({ code: "provider-failed" });
    expect(api.received).toHaveLength(1);
    expect(clock.waits).toEqual([]);
  });

  it.each([401, 403, 404])("that refuses with %i is not asked again", async (status) => {
    const { api, provider } = await withReplies(error(status));
    await using _ = api;
    await expect(provider.ask(call, never)).rejects.toMatchObject({
      code: "provider-refused",
      blame: "user",
      message: expect.stringContaining("What they say."),
      facts: { provider: name, model: wire.model.id, status },
    });
    expect(api.received).toHaveLength(1);
  });

  it("that rejects the call is not asked again", async () => {
    const { api, provider } = await withReplies(error(400));
    await using _ = api;
    await expect(provider.ask(call, never)).rejects.toMatchObject({ code: "provider-rejected" });
    expect(api.received).toHaveLength(1);
  });

  it("that does not answer in time is given up", async () => {
    const api = await LocalApi.start(noReply);
    await using _ = api;
    setEnvironment(wire.environment(api.url));
    const provider = await modelProvider(wire.model, { timeoutMs: 100 });
    await expect(provider.ask(call, never)).rejects.toMatchObject({
      code: "provider-timeout",
      message: `${name} gave no answer within 0.1 s`,
    });
  });

  it("is not waited for when the run is interrupted", async () => {
    const abort = new AbortController();
    const reason = new Error("Ctrl-C");
    const { api, provider } = await withReplies(() => abort.abort(reason));
    await using _ = api;
    await expect(provider.ask(call, abort.signal)).rejects.toBe(reason);
    expect(api.received).toHaveLength(1);
  });

  it("tells of settings that it does not take", async () => {
    const { api, provider } = await withReplies(good);
    await using _ = api;
    const { warnings } = await provider.ask({ ...call, parameters: { seed: 7, max_tokens: 5 } }, never);
    expect(warnings).toEqual(["seed: not supported by this model, and left out"]);
    expect(api.received[0]?.body).not.toHaveProperty("seed");
  });

  it("is not called with a setting that nobody knows", async () => {
    const { api, provider } = await withReplies(good);
    await using _ = api;
    const asked = provider.ask({ ...call, parameters: { best_of: 3 } }, never);
    await expect(asked).rejects.toMatchObject({ code: "unknown-parameter" });
    expect(api.received).toEqual([]);
  });
});

it("cannot be reached: that is said after the last try", async () => {
  const api = await LocalApi.start(noReply);
  setEnvironment(WIRES.anthropic.environment(api.url));
  await api[Symbol.asyncDispose]();
  const provider = await modelProvider(WIRES.anthropic.model, { clock: new ManualClock() });
  await expect(provider.ask(call, never)).rejects.toMatchObject({
    code: "provider-failed",
    message: expect.stringContaining("anthropic cannot be reached"),
  });
});

describe("the environment", () => {
  it.each([
    ["anthropic", {}, "ANTHROPIC_API_KEY"],
    ["anthropic", { ANTHROPIC_API_KEY: " " }, "ANTHROPIC_API_KEY"],
    ["openai", {}, "OPENAI_API_KEY"],
    ["bedrock", {}, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK"],
    ["bedrock", { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" }, "AWS_REGION"],
  ] as const)("of %s with %j lacks %s", async (name, values, variables) => {
    setEnvironment(values);
    await expect(modelProvider(WIRES[name].model)).rejects.toMatchObject({
      code: "missing-credentials",
      message: `${WIRES[name].model.id} cannot be called: ${name} needs ${variables}`,
      hint: expect.stringContaining("replay recorded answers"),
    });
  });

  it("may name Anthropic's address with or without its version", async () => {
    await using api = await LocalApi.start(replyJson(200, WIRES.anthropic.answer("billing")));
    for (const ending of ["", "/", "/v1", "/v1/", "/proxy"]) {
      setEnvironment(WIRES.anthropic.environment(`${api.url}${ending}`));
      await (await modelProvider(WIRES.anthropic.model)).ask(call, never);
    }
    const messages = "/v1/messages";
    expect(api.received.map(({ path }) => path)).toEqual([
      ...[messages, messages, messages, messages],
      `/proxy${messages}`,
    ]);
  });

  it("may hold a bearer token and a default region for Bedrock", async () => {
    await using api = await LocalApi.start(replyJson(200, WIRES.bedrock.answer("billing")));
    setEnvironment({
      AWS_BEARER_TOKEN_BEDROCK: "token",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: api.url,
    });
    await (await modelProvider(WIRES.bedrock.model)).ask(call, never);
    expect(api.received[0]?.headers.authorization).toBe("Bearer token");
  });
});
