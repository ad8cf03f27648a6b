import { observe } from "@promptops/core";
import { inputFiles } from "../../packages/batch/src/input/input-file.ts";
import { readRecords } from "../../packages/batch/src/input/read-records.ts";
import { BatchRun, messages } from "./batch-run.ts";
import { runProgram } from "./child.ts";
import { interleave, milliseconds, type Row, rowOf } from "./measure.ts";

const PROCESS = new URL("./batch.process.ts", import.meta.url).href;
/** Otherwise V8 takes what there is before it looks for what can go. */
const SMALL_HEAP = ["--max-old-space-size=64", "--max-semi-space-size=8"];
const SIZES = [10_000, 100_000, 1_000_000];

/** Banking77's messages through the sample job, against a bare loop over the same stream and the same function with its events; and the memory that runs take. */
export async function bench(): Promise<readonly Row[]> {
  const texts = messages();
  if (texts === undefined) return [];
  using batch = await BatchRun.open();
  const input = batch.input(texts, texts.length);
  const perSecond = async (work: () => unknown) => texts.length / ((await milliseconds(work)) / 1000);
  const speeds = await interleave(
    {
      "the job, 13,083 messages": () => perSecond(() => batch.run(input)),
      "a bare loop over the same stream, nothing written": () => perSecond(() => bareLoop(batch, input)),
    },
    9,
    "records/s",
  );
  const memory: Row[] = [];
  for (const size of SIZES) {
    const name = `most memory for ${size.toLocaleString("en")} records`;
    memory.push(rowOf(name, [Number(await runProgram(PROCESS, [String(size)], SMALL_HEAP))], "MiB"));
  }
  return [...speeds, ...memory];
}

/** The function for each record, with its events as the run's, and nothing else. */
async function bareLoop({ job, client }: BatchRun, input: string): Promise<number> {
  const prompt = await client.get(job.promptIds[0]);
  const { signal } = new AbortController();
  const run = { runtime: "batch", job_name: job.name, run_id: "bare" };
  let done = 0;
  for await (const some of readRecords(await inputFiles(input))) {
    for (const { recordId, record } of some) {
      await job.process(record, {
        prompt,
        prompts: new Map(),
        observe: (extra, body) => observe(prompt, { ...extra, ...run, record_id: recordId }, body),
        signal,
        runId: "bare",
        recordId,
        attempt: 1,
      });
      done += 1;
    }
  }
  return done;
}
