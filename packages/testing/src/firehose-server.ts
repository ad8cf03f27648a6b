import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { bodyOf, LocalServer } from "./local-server.ts";

/**
 * What the server can do with a request besides what was asked. `partial` refuses records one by one, within an answer
 * of 200; `unavailable`, `internal` and `throttled` refuse all of them; `slow` answers late; `reset-before` and
 * `reset-after` break the connection without, or after, having stored.
 */
export type FirehoseFault =
  | "partial"
  | "unavailable"
  | "internal"
  | "throttled"
  | "slow"
  | "reset-before"
  | "reset-after";

/** How often each fault happens, from 0 to 1: of requests, and for `partial` of records. */
export type FirehoseFaults = Readonly<Partial<Record<FirehoseFault, number>>>;

const SLOW_MS = 300;

/** https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const MAX_RECORDS = 500;
const MAX_RECORD_BYTES = 1_000 * 1_024;
const MAX_REQUEST_BYTES = 4 * 1_024 * 1_024;

class FirehoseError extends Error {
  readonly status: number;

  constructor(status: number, name: string, message: string) {
    super(message);
    this.status = status;
    this.name = name;
  }
}

const REFUSALS = {
  unavailable: new FirehoseError(500, "ServiceUnavailableException", "Slow down."),
  internal: new FirehoseError(500, "InternalFailure", "The request processing has failed."),
  throttled: new FirehoseError(400, "ThrottlingException", "Rate exceeded"),
} as const;

const RECORD_REFUSALS = [
  { ErrorCode: "ServiceUnavailableException", ErrorMessage: "Slow down." },
  { ErrorCode: "InternalFailure", ErrorMessage: "Internal service failure." },
] as const;

/**
 * A small Firehose over HTTP with one stream: PutRecordBatch in JSON 1.1, with its limits, and faults as often as it is
 * told, the same ones for the same seed. Signatures are not checked.
 */
export class FirehoseServer extends LocalServer {
  readonly #stream: string;
  readonly #random: () => number;
  readonly #toFail: FirehoseFault[] = [];
  /** How often each fault happens from now on. */
  faults: FirehoseFaults;
  /** The records that it took, in their order. */
  readonly stored: Buffer[] = [];
  /** How many records each request had that kept to the limits, whatever became of it. */
  readonly requests: number[] = [];
  /** The faults so far; `partial` once for each answer. */
  readonly happened = new Map<FirehoseFault, number>();

  constructor(stream: string, faults: FirehoseFaults = {}, seed = 1) {
    super();
    this.#stream = stream;
    this.faults = faults;
    this.#random = randomFrom(seed);
  }

  /** Fails the next `times` requests. `partial` then refuses every other record, starting with the first. */
  failNext(fault: FirehoseFault, times = 1): void {
    for (let count = 0; count < times; count += 1) this.#toFail.push(fault);
  }

  /** The lines in all records that it took. */
  lines(): string[] {
    return this.stored.flatMap((record) => record.toString().split("\n").filter(Boolean));
  }

  protected override fail(response: ServerResponse, error: unknown): void {
    sendError(response, error);
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (request.headers["x-amz-target"] !== "Firehose_20150804.PutRecordBatch") {
      throw new FirehoseError(400, "UnknownOperationException", "");
    }
    const { DeliveryStreamName: name, Records: entries } = parsed(body);
    const records = recordsIn(entries);
    this.requests.push(records.length);
    if (name !== this.#stream) {
      throw new FirehoseError(
        400,
        "ResourceNotFoundException",
        `Firehose ${name} under account 123456789012 not found.`,
      );
    }
    const told = this.#toFail.shift();
    const fault = told ?? this.#wholeFault();
    if (fault !== undefined && fault !== "partial") this.#count(fault);
    if (fault === "reset-before") {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === "unavailable" || fault === "internal" || fault === "throttled") throw REFUSALS[fault];
    const responses = records.map((record, at) => {
      const refuse = told === "partial" ? at % 2 === 0 : this.#random() < (this.faults.partial ?? 0);
      if (refuse) return RECORD_REFUSALS[at % 2 === 0 ? 0 : 1];
      this.stored.push(record);
      return { RecordId: randomUUID() };
    });
    const failed = responses.filter((entry) => "ErrorCode" in entry).length;
    if (failed > 0) this.#count("partial");
    if (fault === "reset-after") {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === "slow") await setTimeout(SLOW_MS);
    send(response, 200, { Encrypted: false, FailedPutCount: failed, RequestResponses: responses });
  }

  /** At most one fault befalls a request as a whole. */
  #wholeFault(): FirehoseFault | undefined {
    let drawn = this.#random();
    for (const [fault, rate] of Object.entries(this.faults) as [FirehoseFault, number][]) {
      if (fault === "partial") continue;
      if (drawn < rate) return fault;
      drawn -= rate;
    }
    return undefined;
  }

  #count(fault: FirehoseFault): void {
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
  }
}

/** The records of a request that keeps to all limits. The messages are those that the service has been seen to give. */
function recordsIn(entries: unknown): Buffer[] {
  if (!Array.isArray(entries) || entries.length < 1) {
    throw invalid(
      "'records' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (entries.length > MAX_RECORDS) {
    throw invalid(
      `'records' failed to satisfy constraint: Member must have length less than or equal to ${MAX_RECORDS}`,
    );
  }
  const records = entries.map((entry: { Data?: unknown }, at) => {
    if (typeof entry.Data !== "string") {
      throw invalid(`'records.${at + 1}.member.data' failed to satisfy constraint: Member must not be null`);
    }
    return Buffer.from(entry.Data, "base64");
  });
  const long = records.findIndex(({ length }) => length > MAX_RECORD_BYTES);
  if (long >= 0) {
    throw invalid(
      `'records.${long + 1}.member.data' failed to satisfy constraint: Member must have length less than or equal to ${MAX_RECORD_BYTES}`,
    );
  }
  if (records.reduce((sum, { length }) => sum + length, 0) > MAX_REQUEST_BYTES) {
    throw new FirehoseError(400, "InvalidArgumentException", "Records size exceeds 4 MB limit");
  }
  return records;
}

function parsed(body: Buffer): { readonly DeliveryStreamName?: unknown; readonly Records?: unknown } {
  try {
    return JSON.parse(body.toString()) as object;
  } catch {
    throw new FirehoseError(400, "SerializationException", "");
  }
}

function invalid(what: string): FirehoseError {
  return new FirehoseError(400, "ValidationException", `1 validation error detected: Value at ${what}`);
}

function sendError(response: ServerResponse, thrown: unknown): void {
  const error =
    thrown instanceof FirehoseError ? thrown : new FirehoseError(500, "InternalFailure", String(thrown));
  send(response, error.status, { __type: error.name, message: error.message });
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() })
    .end(JSON.stringify(body));
}

/** Numbers from 0 to below 1, the same for the same seed: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
