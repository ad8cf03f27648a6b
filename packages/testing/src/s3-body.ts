import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";

/** An error as S3 answers it. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** In Base64, as all of S3's checksums. */
export function crc32Of(body: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return checksum.toString("base64");
}

const CHECKSUMS: Readonly<Record<string, (body: Buffer) => string>> = {
  "x-amz-checksum-sha256": (body) => createHash("sha256").update(body).digest("base64"),
  "x-amz-checksum-crc32": crc32Of,
};

/**
 * The content of a request, its framing taken off and every checksum that came with it checked, in headers and in
 * trailers. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html has the framing.
 */
export function contentOf(headers: IncomingHttpHeaders, sent: Buffer): Buffer {
  const contentHash = headers["x-amz-content-sha256"];
  if (headers["content-encoding"] !== "aws-chunked") {
    const actual = createHash("sha256").update(sent).digest("hex");
    if (contentHash !== "UNSIGNED-PAYLOAD" && contentHash !== actual) {
      throw new S3Error(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    checkChecksums(headers, sent);
    return sent;
  }
  if (contentHash !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    throw new S3Error(501, "NotImplemented", `No framing of the kind ${contentHash}`);
  }
  const { body, trailers } = unframed(sent);
  if (body.length !== Number(headers["x-amz-decoded-content-length"])) throw incomplete();
  const promised = headers["x-amz-trailer"];
  if (promised === undefined || trailers[String(promised)] === undefined) {
    throw new S3Error(
      400,
      "MalformedTrailerError",
      "The request contained trailing data that was not well-formed.",
    );
  }
  checkChecksums({ ...headers, ...trailers }, body);
  return body;
}

function checkChecksums(given: Readonly<Record<string, unknown>>, body: Buffer): void {
  for (const [name, checksumOf] of Object.entries(CHECKSUMS)) {
    if (given[name] === undefined || given[name] === checksumOf(body)) continue;
    const algorithm = name.slice("x-amz-checksum-".length).toUpperCase();
    throw new S3Error(
      400,
      "BadDigest",
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
}

/** Chunks, each `<size in hex>\r\n<bytes>\r\n`, the last one empty; then trailers, each `<name>:<value>\r\n`. */
function unframed(sent: Buffer): {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
} {
  const chunks: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = sent.indexOf("\r\n", at);
    if (end < 0) throw incomplete();
    const text = sent.toString("latin1", at, end);
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = Number.parseInt(line(), 16);
    if (Number.isNaN(size) || at + size > sent.length) throw incomplete();
    if (size === 0) break;
    chunks.push(sent.subarray(at, at + size));
    at += size;
    if (line() !== "") throw incomplete();
  }
  const trailers: Record<string, string> = {};
  while (at < sent.length) {
    const [, name, value] = /^([^:]+):(.*)$/.exec(line()) ?? [];
    if (name !== undefined) trailers[name.toLowerCase()] = value?.trim() ?? "";
  }
  return { body: Buffer.concat(chunks), trailers };
}

function incomplete(): S3Error {
  return new S3Error(
    400,
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header.",
  );
}
