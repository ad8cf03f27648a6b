import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { S3Server, texts } from "@promptops/testing";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sha256 } from "../domain/hash.ts";
import { MemoryBlobs } from "../memory/memory-blobs.ts";
import type { BlobStore } from "./blob-store.ts";
import { openBlobs } from "./open-blobs.ts";

let folder: string;
let server: S3Server;
beforeAll(async () => {
  server = new S3Server("large-prompts");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", await server.start());
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "blobs-"));
  server.objects.clear();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stores: readonly [string, () => BlobStore][] = [
  ["memory", () => new MemoryBlobs()],
  ["files", () => openBlobs(pathToFileURL(folder).href)],
  ["S3", () => openBlobs("s3://large-prompts")],
  ["S3 under a prefix", () => openBlobs("s3://large-prompts/stage/one/")],
];

describe.each(stores)("blobs in %s", (_, open) => {
  let blobs: BlobStore;
  beforeEach(() => {
    blobs = open();
  });

  it("gives back what was put", async () => {
    await fc.assert(
      fc.asyncProperty(
        texts().filter((text) => text.isWellFormed()),
        async (text) => {
          await blobs.put(sha256(text), text);
          expect(await blobs.get(sha256(text))).toBe(text);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("has nothing that was not put", async () => {
    expect(await blobs.get(sha256("never"))).toBeUndefined();
    await blobs.put(sha256("one"), "one");
    expect(await blobs.get(sha256("never"))).toBeUndefined();
  });

  it("takes the same text any number of times, at once too", async () => {
    const put = () => blobs.put(sha256("again"), "again");
    await put();
    await put();
    await Promise.all(Array.from({ length: 10 }, put));
    expect(await blobs.get(sha256("again"))).toBe("again");
  });

  it("takes 20 MB", async () => {
    const text = `start ${"数え切れない text\n".repeat(800_000)} end`;
    expect(Buffer.byteLength(text)).toBeGreaterThan(19_000_000);
    await blobs.put(sha256(text), text);
    expect((await blobs.get(sha256(text))) === text).toBe(true);
  });
});

describe("blobs in files", () => {
  it("are under their hash, and nothing else is left", async () => {
    const blobs = openBlobs(pathToFileURL(folder).href);
    await Promise.all(Array.from({ length: 10 }, () => blobs.put(sha256("text"), "text")));
    expect(readdirSync(folder, { recursive: true })).toEqual([
      "blobs",
      "blobs/sha256",
      `blobs/sha256/${sha256("text")}`,
    ]);
  });

  it("are left alone where there is one already", async () => {
    const blobs = openBlobs(pathToFileURL(folder).href);
    await blobs.put(sha256("text"), "text");
    const path = join(folder, "blobs/sha256", sha256("text"));
    writeFileSync(path, "other");
    await blobs.put(sha256("text"), "text");
    expect(readFileSync(path, "utf8")).toBe("other");
  });

  it("say when the folder cannot be used", async () => {
    writeFileSync(join(folder, "file"), "");
    const blobs = openBlobs(pathToFileURL(join(folder, "file")).href);
    const failure = { code: "unreachable", blame: "service", message: expect.stringContaining(folder) };
    await expect(blobs.put(sha256("text"), "text")).rejects.toMatchObject(failure);
    await expect(blobs.get(sha256("text"))).rejects.toMatchObject(failure);
  });
});

describe.skipIf(process.getuid?.() === 0)("blobs in files of somebody else", () => {
  it("say that access is denied", async () => {
    const blobs = openBlobs(pathToFileURL(folder).href);
    const denied = { code: "access-denied", blame: "service" };
    await blobs.put(sha256("one"), "one");
    chmodSync(join(folder, "blobs/sha256"), 0);
    await expect(blobs.put(sha256("two"), "two")).rejects.toMatchObject(denied);
    await expect(blobs.get(sha256("one"))).rejects.toMatchObject(denied);
    chmodSync(join(folder, "blobs/sha256"), 0o700);
  });
});

describe("openBlobs", () => {
  it("keeps objects under the prefix", async () => {
    await openBlobs("s3://large-prompts").put(sha256("a"), "a");
    await openBlobs("s3://large-prompts/stage").put(sha256("b"), "b");
    expect([...server.objects.keys()]).toEqual([
      `blobs/sha256/${sha256("a")}`,
      `stage/blobs/sha256/${sha256("b")}`,
    ]);
  });

  it.each([
    "large-prompts",
    "s3:large-prompts",
    "s3://",
    "s3://Large",
    "s3://ab",
    "s3://bucket//prefix",
    "s3://bucket/pre fix",
    "s3://bucket/prefix?x=1",
    "https://bucket.s3.amazonaws.com",
    "file:relative",
    "file://host/folder",
    "file:///folder?x=1",
    "file:///a%2Fb",
    "/folder",
  ])("refuses %s", (url) => {
    expect(() => openBlobs(url)).toThrow(
      expect.objectContaining({
        code: "malformed-blobs-url",
        blame: "user",
        message: expect.stringContaining(url),
      }),
    );
  });
});
