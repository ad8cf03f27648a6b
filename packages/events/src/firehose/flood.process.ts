import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { firehoseSink } from "./firehose-sink.ts";
import { floodLine } from "./flood-line.ts";

/**
 * Writes events faster than they can be sent. It prints how many it has written, and in the end what became of them and
 * the most memory that it took.
 */
const [endpoint = "", spill = "", count = "", maxQueueBytes = ""] = process.argv.slice(2);
const sink = firehoseSink({ stream: "flood", endpoint, spill, maxQueueBytes: Number(maxQueueBytes) });

const most = { queuedBytes: 0, heapUsed: 0, rss: 0 };
const measure = () => {
  const { heapUsed, rss } = process.memoryUsage();
  most.queuedBytes = Math.max(most.queuedBytes, sink.delivery().queuedBytes);
  most.heapUsed = Math.max(most.heapUsed, heapUsed);
  most.rss = Math.max(most.rss, rss);
};

const started = performance.now();
for (let at = 0; at < Number(count); at += 1) {
  sink.write(floodLine(at));
  if (at % 1_000 === 999) {
    measure();
    writeSync(1, `${at + 1}\n`);
    await setImmediate();
  }
}
const written = performance.now();
const timer = setInterval(measure, 100);
const delivery = await sink.close();
clearInterval(timer);
const seconds = { writing: (written - started) / 1_000, all: (performance.now() - started) / 1_000 };
writeSync(1, `${JSON.stringify({ delivery, most, seconds })}\n`);
