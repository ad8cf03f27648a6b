import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, LocalServer } from "./local-server.ts";
import { contentOf, crc32Of, S3Error } from "./s3-body.ts";

/** What the server can be told to do with a request in place of what was asked. */
export type S3Failure = "SlowDown" | "AccessDenied" | "ConditionalRequestConflict" | "reset" | "stall";

const REFUSALS: Readonly<Record<Exclude<S3Failure, "reset" | "stall">, S3Error>> = {
  SlowDown: new S3Error(503, "SlowDown", "Please reduce your request rate."),
  AccessDenied: new S3Error(403, "AccessDenied", "Access Denied"),
  ConditionalRequestConflict: new S3Error(
    409,
    "ConditionalRequestConflict",
    "A conflicting conditional operation is currently in progress against this resource. Please try again.",
  ),
};

const NOT_IMPLEMENTED = new S3Error(
  501,
  "NotImplemented",
  "A header you provided implies functionality that is not implemented",
);

/** What the SDK sends that asks for nothing more. Everything else that starts with x-amz- does. */
const KNOWN_HEADERS = new Set([
  "x-amz-date",
  "x-amz-user-agent",
  "x-amz-content-sha256",
  "x-amz-security-token",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-checksum-sha256",
  "x-amz-checksum-crc32",
  "x-amz-checksum-mode",
  "x-amz-decoded-content-length",
  "x-amz-trailer",
]);
const CONDITIONS = ["if-match", "if-modified-since", "if-unmodified-since", "range"];

/**
 * A small S3 over HTTP with one bucket: PutObject, GetObject and HeadObject in path style, strict where S3 is. It keeps nothing
 * whose checksums are wrong, puts nothing over an object under `If-None-Match: *`, and answers 501 to all that it does
 * not know. Signatures are not checked.
 */
export class S3Server extends LocalServer {
  readonly #bucket: string;
  readonly #failures: S3Failure[] = [];
  /** What is stored, by key. Tests may change it behind the ledger's back. */
  readonly objects = new Map<string, Buffer>();
  /** The requests so far, as `PUT key` and `GET key`. */
  readonly requests: string[] = [];

  constructor(bucket: string) {
    super();
    this.#bucket = bucket;
  }

  /** Fails the next `times` requests. `stall` sends the head of an answer and then nothing. */
  failNext(failure: S3Failure, times = 1): void {
    for (let count = 0; count < times; count += 1) this.#failures.push(failure);
  }

  protected override fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent) response.destroy();
    else sendError(response, error);
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const [, bucket = "", ...parts] = pathname.split("/").map(decodeURIComponent);
    const key = parts.join("/");
    const { method = "", headers } = request;
    this.requests.push(`${method} ${key}`);
    const failure = this.#failures.shift();
    if (failure === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    // S3 reads a request whole before it answers; the SDK would take anything else for a broken connection.
    const sent = await bodyOf(request);
    if (failure === "stall") {
      response.writeHead(200, { "content-length": "1000000" }).write("x");
      return;
    }
    if (failure !== undefined) throw REFUSALS[failure];
    // The SDK names the operation in the query.
    searchParams.delete("x-id");
    const unknown = Object.keys(headers).some(
      (name) => name.startsWith("x-amz-") && !KNOWN_HEADERS.has(name),
    );
    const conditional = CONDITIONS.some((name) => headers[name] !== undefined);
    if (key === "" || searchParams.size > 0 || unknown || conditional) throw NOT_IMPLEMENTED;
    if (bucket !== this.#bucket) {
      throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
    }
    if (method === "PUT") this.#put(key, request, contentOf(headers, sent), response);
    // Of an answer to HEAD, node:http sends no more than the head.
    else if (method === "GET" || method === "HEAD") this.#get(key, request, response);
    else throw NOT_IMPLEMENTED;
  }

  #put(key: string, { headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const condition = headers["if-none-match"];
    if (condition !== undefined && condition !== "*") throw NOT_IMPLEMENTED;
    if (condition === "*" && this.objects.has(key)) {
      const message = "At least one of the pre-conditions you specified did not hold";
      throw new S3Error(412, "PreconditionFailed", message, { Condition: "If-None-Match" });
    }
    this.objects.set(key, body);
    response.writeHead(200, { etag: etagOf(body), "x-amz-request-id": randomUUID() }).end();
  }

  #get(key: string, { headers }: IncomingMessage, response: ServerResponse): void {
    if (headers["if-none-match"] !== undefined) throw NOT_IMPLEMENTED;
    const body = this.objects.get(key);
    if (body === undefined) {
      throw new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
    }
    response
      .writeHead(200, {
        "content-type": "application/octet-stream",
        "content-length": body.length,
        etag: etagOf(body),
        "x-amz-request-id": randomUUID(),
        ...(headers["x-amz-checksum-mode"] === "ENABLED" && {
          "x-amz-checksum-crc32": crc32Of(body),
        }),
      })
      .end(body);
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

/** As https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html has it. */
function sendError(response: ServerResponse, thrown: unknown): void {
  const error = thrown instanceof S3Error ? thrown : new S3Error(500, "InternalError", String(thrown));
  const requestId = randomUUID();
  const members = {
    Code: error.code,
    Message: error.message,
    ...error.details,
    RequestId: requestId,
    HostId: "host",
  };
  const xml = Object.entries(members).map(([name, text]) => `<${name}>${escaped(text)}</${name}>`);
  response
    .writeHead(error.status, { "content-type": "application/xml", "x-amz-request-id": requestId })
    .end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xml.join("")}</Error>`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
