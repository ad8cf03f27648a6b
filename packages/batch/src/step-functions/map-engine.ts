import type { Item } from "../process-batch.ts";
import type { WorkerEvent } from "../worker.ts";
import type { DistributedRun } from "./start.ts";
import { stateMachine } from "./state-machine.ts";

/** For tests: the part of a map state that says what its workers get. */
interface MapState {
  readonly ItemSelector: Readonly<Record<string, string>>;
  readonly ItemBatcher: {
    readonly MaxItemsPerBatchPath: string;
    readonly BatchInput: Readonly<Record<string, string>>;
  };
}

/**
 * For tests: does what a Distributed Map does with JSON lines, by the definition: each batch is run twice, as express executions may be, and the last
 * batch first. Batches whose worker throws are failed.
 *
 * @returns what the execution returns.
 */
export async function runMap(
  s3: { readonly objects: Map<string, Buffer> },
  run: DistributedRun,
  worker: (event: WorkerEvent) => Promise<unknown>,
): Promise<string> {
  const { States } = stateMachine("worker") as { States: Record<string, MapState> };
  const state = States[run.dataset.type];
  if (state === undefined) throw new Error(`no state for ${run.dataset.type}`);
  const lines = String(s3.objects.get(run.dataset.key)).split("\n").filter(Boolean);
  const items = lines.map(
    (line, index) =>
      fill(state.ItemSelector, {
        $$: { Map: { Item: { Index: index, Value: JSON.parse(line) } } },
      }) as unknown as Item,
  );
  const size = at({ $: run }, state.ItemBatcher.MaxItemsPerBatchPath) as number;
  const BatchInput = fill(state.ItemBatcher.BatchInput, { $: run }) as unknown as WorkerEvent["BatchInput"];
  const files: Record<string, object[]> = { SUCCEEDED: [], FAILED: [] };
  for (let start = Math.floor((items.length - 1) / size) * size; start >= 0; start -= size) {
    const event = JSON.parse(
      JSON.stringify({ BatchInput, Items: items.slice(start, start + size) }),
    ) as WorkerEvent;
    const Input = JSON.stringify(event);
    try {
      await worker(event);
      files.SUCCEEDED?.push({ Input, Output: JSON.stringify(await worker(event)) });
    } catch (error) {
      const { name, message } = error as Error;
      files.FAILED?.push({ Input, Error: name, Cause: message });
    }
  }
  const { bucket, prefix } = run.receipts;
  const ResultFiles: Record<string, object[]> = { PENDING: [] };
  for (const [status, executions] of Object.entries(files)) {
    const Key = `${prefix}/id/${status}_0.json`;
    ResultFiles[status] = executions.length === 0 ? [] : [{ Key, Size: 1 }];
    s3.objects.set(Key, Buffer.from(JSON.stringify(executions)));
  }
  const Key = `${prefix}/id/manifest.json`;
  s3.objects.set(
    Key,
    Buffer.from(JSON.stringify({ DestinationBucket: bucket, MapRunArn: "arn", ResultFiles })),
  );
  return JSON.stringify({ MapRunArn: "arn", ResultWriterDetails: { Bucket: bucket, Key } });
}

/** A payload template with its paths in place. */
function fill(template: Readonly<Record<string, string>>, root: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(template).map(([name, path]) => [name.replace(/\.\$$/, ""), at(root, path)]),
  );
}

function at(root: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], root);
}
