import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type S3Failure, S3Server } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BlobStore } from "../blobs/blob-store.ts";
import { sha256 } from "../domain/hash.ts";
import { s3Blobs } from "./s3-blobs.ts";

const BUCKET = "large-prompts";
const TEXT = "a large text";
const HASH = sha256(TEXT);
const KEY = `blobs/sha256/${HASH}`;

let server: S3Server;
let endpoint: string;
let blobs: BlobStore;
beforeEach(async () => {
  server = new S3Server(BUCKET);
  endpoint = await server.start();
  vi.stubEnv("AWS_ENDPOINT_URL_S3", endpoint);
  blobs = s3Blobs(BUCKET);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

describe("blobs in S3", () => {
  it("are never put over one another", async () => {
    await blobs.put(HASH, TEXT);
    server.objects.set(KEY, Buffer.from("changed"));
    await blobs.put(HASH, TEXT);
    expect(await blobs.get(HASH)).toBe("changed");
  });

  it("are refused by S3 itself under the hash of another text", async () => {
    await expect(blobs.put(sha256("other"), TEXT)).rejects.toMatchObject({
      code: "blobs-failed",
      message: expect.stringContaining("BadDigest"),
    });
    expect(server.objects.size).toBe(0);
  });

  it("are put again when somebody else was just putting one", async () => {
    server.failNext("ConditionalRequestConflict", 2);
    await blobs.put(HASH, TEXT);
    expect(server.requests).toHaveLength(3);
    expect(await blobs.get(HASH)).toBe(TEXT);
  });

  it("are given up when that goes on", async () => {
    server.failNext("ConditionalRequestConflict", 10);
    await expect(blobs.put(HASH, TEXT)).rejects.toMatchObject({
      code: "blobs-failed",
      facts: { awsError: "ConditionalRequestConflict" },
    });
  });

  it.each<S3Failure>(["SlowDown", "reset"])("are read and put in spite of one %s", async (failure) => {
    server.failNext(failure);
    await blobs.put(HASH, TEXT);
    server.failNext(failure);
    expect(await blobs.get(HASH)).toBe(TEXT);
  });

  it.each<[S3Failure, string]>([
    ["SlowDown", "throttled"],
    ["AccessDenied", "access-denied"],
    ["reset", "unreachable"],
  ])("say what keeps them back: %s", async (failure, code) => {
    const told = { code, blame: "service", message: expect.stringContaining(BUCKET) };
    server.failNext(failure, 3);
    await expect(blobs.get(HASH)).rejects.toMatchObject(told);
    server.failNext(failure, 3);
    await expect(blobs.put(HASH, TEXT)).rejects.toMatchObject(told);
  });

  it("say that nobody answers", async () => {
    await server.stop();
    await expect(blobs.get(HASH)).rejects.toMatchObject({ code: "unreachable", blame: "service" });
    await server.start();
  });

  it("say that S3 fell silent within an answer", async () => {
    server.failNext("stall");
    await expect(blobs.get(HASH)).rejects.toMatchObject({ code: "unreachable", blame: "service" });
  });

  it("say that the bucket is missing", async () => {
    const missing = { code: "no-bucket", blame: "service", message: expect.stringContaining("elsewhere") };
    await expect(s3Blobs("elsewhere").get(HASH)).rejects.toMatchObject(missing);
    await expect(s3Blobs("elsewhere").put(HASH, TEXT)).rejects.toMatchObject(missing);
  });
});

/** What the tests above stand on. */
describe("the S3 server of these tests", () => {
  let client: S3Client;
  beforeEach(() => {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    client = new S3Client({ endpoint, region: "local", credentials, forcePathStyle: true });
  });
  afterEach(() => client.destroy());

  const put = (input: Partial<ConstructorParameters<typeof PutObjectCommand>[0]>) =>
    client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: TEXT, ...input }));
  const streamed = () => ({ Body: Readable.from([Buffer.from(TEXT)]), ContentLength: TEXT.length });

  it.each([
    ["in a header", {}],
    ["in a trailer", streamed],
  ])("takes the SDK's own checksum %s", async (_, input) => {
    await put(typeof input === "function" ? input() : input);
    expect(server.objects.get("key")?.toString()).toBe(TEXT);
  });

  it("takes SHA-256 in a trailer", async () => {
    await put({ ...streamed(), ChecksumAlgorithm: "SHA256" });
    expect(server.objects.get("key")?.toString()).toBe(TEXT);
  });

  it.each([
    ["SHA-256", { ChecksumSHA256: createHash("sha256").update("other").digest("base64") }],
    ["CRC-32", { ChecksumCRC32: "AAAAAA==" }],
  ])("refuses a wrong %s", async (_, input) => {
    await expect(put(input)).rejects.toMatchObject({ name: "BadDigest" });
    expect(server.objects.size).toBe(0);
  });

  it.each([
    ["a framed body", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 200],
    ["a body of another length", "4\r\nhell\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 400],
    ["a wrong checksum", "5\r\nhallo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 400],
    ["no checksum", "5\r\nhello\r\n0\r\n\r\n", 400],
    ["half a chunk", "5\r\nhel", 400],
    ["no framing", "hello", 400],
  ])("takes a framed body, and nothing like it: %s", async (_, body, status) => {
    const response = await fetch(`${endpoint}/${BUCKET}/key`, {
      method: "PUT",
      body,
      headers: {
        "content-encoding": "aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "5",
        "x-amz-trailer": "x-amz-checksum-crc32",
      },
    });
    expect(response.status).toBe(status);
    expect(server.objects.get("key")?.toString()).toBe(status === 200 ? "hello" : undefined);
  });

  it("refuses to put over an object under If-None-Match, and does without", async () => {
    await put({ IfNoneMatch: "*" });
    await expect(put({ IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await put({ Body: "other" });
    expect(server.objects.get("key")?.toString()).toBe("other");
  });

  it("does nothing that it does not know", async () => {
    const unknown = { name: "NotImplemented" };
    await expect(client.send(new ListObjectsV2Command({ Bucket: BUCKET }))).rejects.toMatchObject(unknown);
    await expect(put({ ACL: "public-read" })).rejects.toMatchObject(unknown);
    await expect(put({ IfMatch: '"etag"' })).rejects.toMatchObject(unknown);
  });
});
