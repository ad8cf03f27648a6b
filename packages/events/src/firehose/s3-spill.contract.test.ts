import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FirehoseServer, S3Server } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firehoseSink } from "./firehose-sink.ts";
import { recoverSpills } from "./recover-spills.ts";
import { s3Spill } from "./s3-spill.ts";

const BUCKET = "spilled-events";
const STREAM = "prompt-events";
const OPTIONS = { stream: STREAM, spill: `s3://${BUCKET}/batch`, giveUpAfterMs: 0 };

let firehose: FirehoseServer;
let bucket: S3Server;
let s3: Server;
let temporary: string;
beforeEach(async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  firehose = new FirehoseServer(STREAM);
  bucket = new S3Server(BUCKET);
  s3 = listing(bucket, await bucket.start());
  s3.listen(0, "127.0.0.1");
  await once(s3, "listening");
  temporary = mkdtempSync(join(tmpdir(), "promptops-spill-"));
  vi.stubEnv("TMPDIR", temporary);
  vi.stubEnv("AWS_REGION", "local");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${(s3.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_ENDPOINT_URL_FIREHOSE", await firehose.start());
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  s3.closeAllConnections();
  s3.close();
  await Promise.all([bucket.stop(), firehose.stop()]);
  rmSync(temporary, { recursive: true });
});

describe("a spill in S3", () => {
  it("takes what Firehose does not, and gives it to the next process", async () => {
    firehose.faults = { unavailable: 1 };
    const sink = firehoseSink(OPTIONS);
    for (let at = 0; at < 3; at += 1) sink.write(`{"event_id":"${at}"}\n`);
    expect(await sink.close()).toMatchObject({ sent: 0, spilled: 3 });
    expect([...bucket.objects.values()].map(String)).toEqual([
      '{"event_id":"0"}\n{"event_id":"1"}\n{"event_id":"2"}\n',
    ]);
    expect([...bucket.objects.keys()][0]).toMatch(/^batch\/prompt-events\/.*\.3\.jsonl$/);

    // The disk went away with the container.
    rmSync(join(temporary, "promptops-events"), { recursive: true });
    firehose.faults = {};
    expect(await recoverSpills(OPTIONS)).toMatchObject({ sent: 3, spilled: 0 });
    expect(firehose.lines()).toHaveLength(3);
    expect(bucket.objects.size).toBe(0);
  });

  it("stays on the disk when S3 cannot be reached, and leaves with the next process", async () => {
    firehose.faults = { unavailable: 1 };
    bucket.failNext("AccessDenied", 10);
    const sink = firehoseSink(OPTIONS);
    sink.write('{"event_id":"1"}\n');
    expect(await sink.close()).toMatchObject({ spilled: 1 });
    expect(bucket.objects.size).toBe(0);

    firehose.faults = {};
    expect(await recoverSpills(OPTIONS)).toMatchObject({ sent: 1, spilled: 0 });
  });

  it("takes what a living process gave up, and gives it back when the stream works again", async () => {
    const sink = firehoseSink(OPTIONS);
    firehose.failNext("unavailable");
    sink.write('{"event_id":"1"}\n');
    expect(await sink.flush()).toMatchObject({ sent: 0 });
    const folder = join(temporary, "promptops-events", STREAM);
    await vi.waitFor(() => expect([bucket.objects.size, readdirSync(folder)]).toEqual([1, []]));
    sink.write('{"event_id":"2"}\n');
    expect(await sink.close()).toMatchObject({ sent: 2, spilled: 0 });
    expect(bucket.objects.size).toBe(0);
  });

  it("leaves other objects alone, and reads all pages of a list", async () => {
    for (let at = 0; at < 5; at += 1)
      bucket.objects.set(`batch/${STREAM}/a.1.x.${at}.1.jsonl`, Buffer.from("{}\n"));
    const others = [`batch/${STREAM}/readme.txt`, "batch/another-stream/a.1.x.1.1.jsonl"];
    for (const key of others) bucket.objects.set(key, Buffer.from("{}\n"));
    expect(await recoverSpills(OPTIONS)).toMatchObject({ sent: 5 });
    expect([...bucket.objects.keys()]).toEqual(others);
  });

  it("has nothing to give of an object that somebody else has removed", async () => {
    bucket.objects.set("events/a.1.x.1.1.jsonl", Buffer.from("{}\n"));
    const [file] = await s3Spill(BUCKET, "events").files();
    bucket.objects.clear();
    expect(await file?.read()).toBeUndefined();
  });
});

/** What `S3Server` leaves out, in front of it: lists, in pages of two, and deletes. */
function listing(behind: S3Server, upstream: string): Server {
  return createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>));
    const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://localhost");
    if (searchParams.get("list-type") === "2") {
      const after = searchParams.get("continuation-token") ?? "";
      const keys = [...behind.objects.keys()]
        .filter((key) => key.startsWith(searchParams.get("prefix") ?? "") && key > after)
        .toSorted();
      const page = keys.slice(0, 2);
      const more = keys.length > 2 ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
      const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
      outgoing.end(`<ListBucketResult>${contents}${more}</ListBucketResult>`);
    } else if (incoming.method === "DELETE") {
      behind.objects.delete(decodeURIComponent(pathname.slice(`/${BUCKET}/`.length)));
      outgoing.writeHead(204).end();
    } else {
      const { method = "", headers } = incoming;
      const onward = request(new URL(incoming.url ?? "/", upstream), { method, headers });
      onward.end(body);
      const [answer] = (await once(onward, "response")) as [IncomingMessage];
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    }
  });
}
