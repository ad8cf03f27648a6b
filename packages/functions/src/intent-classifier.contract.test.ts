import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerEvent } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import type { Ledger } from "@promptops/core/ledger";
import {
  appendDraft,
  appendVersion,
  candidate,
  describeEngines,
  LocalApi,
  type Reply,
  replyJson,
} from "@promptops/testing";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from "vitest";
import type { HttpEvent } from "./request.ts";

const ID = "customer-support.intent-classifier";
const TEMPLATE = "Name the intent.\n- billing (money)\n- technical (errors)\n- other\n";
const MODELS = {
  haiku: { provider: "bedrock", id: "anthropic.haiku-v1:0", price: { input: 1, output: 5 } },
  gpt: { provider: "openai", id: "gpt" },
};
const BILLING = { message: "I was charged twice" };

type Line = Readonly<Record<string, unknown>>;

describeEngines((newTable) => {
  let folder: string;
  let ledger: Ledger;
  let complaints: MockInstance;
  const lines: Line[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "promptops-models-"));
    writeFileSync(join(folder, "models.json"), JSON.stringify(MODELS));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    const address = await newTable();
    ledger = dynamoLedger(address);
    vi.stubEnv("PROMPTOPS_TABLE", address.table);
    vi.stubEnv("PROMPTOPS_ENDPOINT", address.endpoint);
    vi.stubEnv("PROMPTOPS_MODELS", join(folder, "models.json"));
    vi.stubEnv("PROMPTOPS_MODEL_CALLS", undefined);
    vi.stubEnv("OPENAI_API_KEY", undefined);
    // The client, the models and the providers are kept by the modules.
    vi.resetModules();
    lines.length = 0;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Line);
      return true;
    });
    complaints = vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const publish = (version: number, given: Parameters<typeof candidate>[0] = {}) =>
    appendVersion(
      ledger,
      candidate({
        id: ID,
        version,
        model: "haiku",
        template: TEMPLATE,
        variables: {},
        ...(version === 1 ? {} : { parent: `${ID}#${version - 1}` }),
        ...given,
      }),
    );

  /** A version as a pin of half of all calls names it. */
  const marked = ({ state: { latest } }: LedgerEvent) => {
    if (latest === null) throw new Error("nothing was published");
    const { version, contentHash } = latest;
    return { version, contentHash, weight: 50 };
  };

  const send = async (event: HttpEvent) => {
    const { handler } = await import("./intent-classifier.ts");
    const { statusCode, headers, body = "" } = await handler(event, { awsRequestId: "req-1" });
    return { statusCode, headers, body: JSON.parse(body) as unknown };
  };
  const ask = (body: object) => send({ body: JSON.stringify(body) });

  describe("with the keyword stand-in", () => {
    it("answers with the intent, and tells of the call in two events", async () => {
      await publish(1);
      expect(await ask(BILLING)).toEqual({
        statusCode: 200,
        headers: { "content-type": "application/json" },
        body: { intent: "billing", prompt_id: ID, prompt_version: 1 },
      });
      const both = { prompt_id: ID, prompt_version: 1, prompt_model: "haiku", request_id: "req-1" };
      expect(lines).toEqual([
        expect.objectContaining({ event: "prompt_invoked", ...both }),
        expect.objectContaining({
          event: "prompt_completed",
          ...both,
          label: "billing",
          latency_ms: expect.any(Number),
        }),
      ]);
      for (const line of lines) expect(line).not.toHaveProperty("session_id");
    });

    it("takes a request as a function URL sends it", async () => {
      await publish(1);
      const body = Buffer.from(JSON.stringify({ message: "Größe: error" })).toString("base64");
      const event = { body, isBase64Encoded: true, requestContext: { http: { method: "POST" } } };
      expect(await send(event)).toMatchObject({ statusCode: 200, body: { intent: "technical" } });
    });

    it("gives one session the same version of a weighted pin throughout", async () => {
      const versions = [marked(await publish(1)), marked(await publish(2))];
      await appendDraft(ledger, ID, {
        type: "PromptPinned",
        data: { channel: "live", versions, rollback: false, forced: false },
      });
      const versionFor = async (session_id: string) => {
        const { body } = await ask({ ...BILLING, session_id });
        return (body as { prompt_version: number }).prompt_version;
      };
      const sessions = Array.from({ length: 20 }, (_, at) => `s-${at}`);
      const first = [];
      for (const session of sessions) first.push(await versionFor(session));
      expect(new Set(first)).toEqual(new Set([1, 2]));
      for (const [at, session] of sessions.entries()) expect(await versionFor(session)).toBe(first[at]);
      expect(lines[0]).toMatchObject({ session_id: "s-0", prompt_version: first[0] });
      expect(lines[1]).toMatchObject({ session_id: "s-0", event: "prompt_completed" });
    });

    it("is not broken by a version that wants a value which this code has not", async () => {
      await publish(1);
      const variables = { plan: { type: "string", required: true } } as const;
      await publish(2, { template: `${TEMPLATE}{{plan}}`, variables });
      expect(await ask(BILLING)).toMatchObject({ statusCode: 200, body: { prompt_version: 1 } });
      expect(lines[0]).toMatchObject({ prompt_version: 1, instead_of: 2 });
    });

    it("does not pass off an answer for a label that the prompt has not", async () => {
      await publish(1, { template: "Name the intent.\n- billing\n" });
      expect(await ask({ message: "Hello" })).toMatchObject({
        statusCode: 502,
        body: { code: "unexpected-answer" },
      });
    });
  });

  describe("without a prompt", () => {
    const setUp = "this service is not set up as it must be";

    it("says that it is not set up where nothing is published", async () => {
      expect(await ask(BILLING)).toMatchObject({
        statusCode: 500,
        body: { code: "prompt-not-found", error: setUp },
      });
      expect(lines).toEqual([]);
      expect(complaints).toHaveBeenCalledWith(expect.objectContaining({ code: "prompt-not-found" }));
    });

    it("says that it is not set up where the prompt is retired", async () => {
      await publish(1);
      await appendDraft(ledger, ID, { type: "PromptRetired", data: { forced: false } });
      expect(await ask(BILLING)).toMatchObject({
        statusCode: 500,
        body: { code: "prompt-retired", error: setUp },
      });
    });

    it("asks to be called again where the ledger cannot be read", async () => {
      vi.stubEnv("PROMPTOPS_TABLE", "another");
      expect(await ask(BILLING)).toEqual({
        statusCode: 503,
        headers: { "content-type": "application/json", "retry-after": "1" },
        body: { error: "the prompt cannot be read at the moment", code: "no-table" },
      });
      expect(complaints).toHaveBeenCalledWith(expect.objectContaining({ code: "no-table" }));
    });
  });

  describe("with live models", () => {
    const answer = (text: string) =>
      replyJson(200, {
        metrics: { latencyMs: 400 },
        output: { message: { role: "assistant", content: [{ text }] } },
        stopReason: "end_turn",
        usage: { inputTokens: 200, outputTokens: 4, totalTokens: 204 },
      });

    /** Bedrock's Converse API, with one reply for all calls. */
    const startBedrock = async (reply: Reply) => {
      const api = await LocalApi.start(reply);
      vi.stubEnv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", api.url);
      return api;
    };

    beforeEach(() => {
      vi.stubEnv("PROMPTOPS_MODEL_CALLS", "live");
      vi.stubEnv("AWS_REGION", "eu-central-1");
      vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIATEST");
      vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
      vi.stubEnv("AWS_SESSION_TOKEN", undefined);
      vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", undefined);
    });

    it("asks the one that the prompt names, and tells of tokens and cost", async () => {
      await using api = await startBedrock(answer(" Billing\n"));
      await publish(1, { parameters: { temperature: 0, max_tokens: 5 } });
      expect(await ask({ ...BILLING, session_id: "s-17" })).toMatchObject({
        statusCode: 200,
        body: { intent: "billing", prompt_version: 1 },
      });
      expect(api.received).toEqual([
        expect.objectContaining({
          method: "POST",
          path: "/model/anthropic.haiku-v1%3A0/converse",
          body: expect.objectContaining({
            inferenceConfig: { maxTokens: 5, temperature: 0 },
            system: [{ text: TEMPLATE }],
            messages: [{ role: "user", content: [{ text: BILLING.message }] }],
          }),
        }),
      ]);
      expect(lines.map(({ event }) => event)).toEqual(["prompt_invoked", "prompt_completed"]);
      expect(lines[1]).toMatchObject({
        session_id: "s-17",
        request_id: "req-1",
        input_tokens: 200,
        output_tokens: 4,
        cost_usd: (200 * 1 + 4 * 5) / 1e6,
        label: "billing",
      });
    });

    it("adds the message to the prompt's own messages", async () => {
      await using api = await startBedrock(answer("billing"));
      const messages = [
        { role: "system", content: "Name the intent." },
        { role: "user", content: "The labels:\n- billing\n- other" },
        { role: "assistant", content: "I see." },
      ] as const;
      const { template: _, ...given } = candidate({
        id: ID,
        model: "haiku",
        variables: {},
        messages,
      }).definition;
      await appendVersion(ledger, candidate(given));
      expect(await ask(BILLING)).toMatchObject({ statusCode: 200, body: { intent: "billing" } });
      expect(api.received[0]?.body).toMatchObject({
        system: [{ text: "Name the intent." }],
        messages: [
          { role: "user", content: [{ text: "The labels:\n- billing\n- other" }] },
          { role: "assistant", content: [{ text: "I see." }] },
          { role: "user", content: [{ text: BILLING.message }] },
        ],
      });
    });

    it.each(["refunds", "", "billing, technical", "The intent is billing."])(
      "does not pass off the answer %j for a label",
      async (text) => {
        await using _ = await startBedrock(answer(text));
        await publish(1);
        expect(await ask(BILLING)).toMatchObject({
          statusCode: 502,
          body: { code: "unexpected-answer", error: "the model gave no answer that can be used" },
        });
        expect(lines.map(({ event }) => event)).toEqual(["prompt_invoked", "prompt_failed"]);
        expect(lines[1]).toMatchObject({
          error_kind: "unexpected-answer",
          input_tokens: 200,
          output_tokens: 4,
        });
        expect(lines[1]).not.toHaveProperty("label");
        expect(complaints).toHaveBeenCalledWith(
          expect.objectContaining({ message: expect.stringContaining("billing, technical, other") }),
        );
      },
    );

    it.each([
      [403, "provider-refused"],
      [400, "provider-rejected"],
    ])("keeps to itself what a provider says with %i", async (status, code) => {
      await using _ = await startBedrock(replyJson(status, { message: "arn:aws:iam::1234:role/x may not" }));
      await publish(1);
      const answered = await ask(BILLING);
      expect(answered).toMatchObject({ statusCode: 502, body: { code } });
      expect(JSON.stringify(answered)).not.toContain("arn:");
      expect(lines.at(-1)).toMatchObject({ event: "prompt_failed", error_kind: code });
      expect(complaints).toHaveBeenCalledWith(
        expect.objectContaining({ message: expect.stringContaining("arn:aws:iam::1234:role/x may not") }),
      );
    });

    it.each([
      ["a model that nobody knows", { model: "sonnet" }, "live", "unknown-model"],
      ["a provider without a key", { model: "gpt" }, "live", "missing-credentials"],
      ["a setting that says neither", {}, "yes", "malformed-model-calls"],
    ])("is not set up with %s", async (_, given, calls, code) => {
      vi.stubEnv("PROMPTOPS_MODEL_CALLS", calls);
      await publish(1, given);
      expect(await ask(BILLING)).toMatchObject({ statusCode: 500, body: { code } });
      expect(lines.at(-1)).toMatchObject({ event: "prompt_failed", error_kind: code });
    });
  });
});
