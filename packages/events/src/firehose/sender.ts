import { FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { toStreamError } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import type { Delivery, FirehoseOptions } from "./firehose-sink.ts";
import { putBatch } from "./put-batch.ts";
import { batchLength, bytesIn, type EventRecord, linesIn, recordsOf } from "./records.ts";
import { Spill } from "./spill.ts";
import type { SpillPlace } from "./spill-place.ts";
import type { SpilledFile } from "./spilled-file.ts";

const MAX_QUEUE_BYTES = 32 * 1_024 * 1_024;
const GIVE_UP_AFTER_MS = 60_000;
const MAX_IN_FLIGHT = 4;
/** How long a line waits for more to go with it. */
const LINGER_MS = 1_000;
/** How long a connection may be silent, and how long a request may take over a slow one. */
const SILENCE_MS = 10_000;
const REQUEST_MS = 30_000;

/** What a Firehose sink does: from the queue to the stream, and by way of the spill where that does not work. */
export class Sender {
  readonly #stream: string;
  readonly #client: FirehoseClient;
  readonly #maxQueueBytes: number;
  readonly #giveUpAfterMs: number;
  readonly #stop = new AbortController();
  readonly #stopped = new Promise((resolve) => this.#stop.signal.addEventListener("abort", resolve));
  readonly #queue = new EventQueue();
  readonly #spill: Spill;
  readonly #recovered: Promise<void>;
  /** What is being sent, and of it what came from the queue. */
  readonly #inFlight = new Map<Promise<void>, readonly EventRecord[]>();
  #inFlightBytes = 0;
  #linger: NodeJS.Timeout | undefined;
  /** How many wait for batches that are not full, too. */
  #flushing = 0;
  /** Whether the stream has not taken a batch in time, and has not taken one since. */
  #failing = false;
  #closed: Promise<Delivery> | undefined;
  #sent = 0;
  #lost = 0;

  constructor(options: Omit<FirehoseOptions, "spill">, place: SpillPlace) {
    const { stream, region, endpoint, maxQueueBytes, giveUpAfterMs } = options;
    this.#stream = stream;
    this.#maxQueueBytes = maxQueueBytes ?? MAX_QUEUE_BYTES;
    this.#giveUpAfterMs = giveUpAfterMs ?? GIVE_UP_AFTER_MS;
    this.#client = new FirehoseClient({
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      // What fails is sent again here, record by record; the SDK would send whole batches again on top of that.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 2_000,
        requestTimeout: REQUEST_MS,
        socketTimeout: SILENCE_MS,
        throwOnRequestTimeout: true,
      },
    });
    this.#spill = new Spill(place);
    this.#recovered = this.#recover();
  }

  delivery(): Delivery {
    return {
      sent: this.#sent,
      spilled: this.#spill.lines,
      lost: this.#lost,
      queuedBytes: this.#queue.bytes + this.#inFlightBytes,
    };
  }

  write(line: string): void {
    let full = false;
    try {
      full = this.#queue.add(line);
    } catch (error) {
      this.#lose(1, error);
    }
    if (full) {
      this.#shed();
      this.#pump();
    }
    if (this.#stop.signal.aborted) this.spillNow();
    else this.#linger ??= this.#lingering();
  }

  async flush(): Promise<Delivery> {
    this.#queue.seal();
    const asked = new Set([...this.#underWay(), ...this.#queue.records]);
    await this.#sendWhile(() => [...this.#underWay(), ...this.#queue.records].some((one) => asked.has(one)));
    return this.delivery();
  }

  close(withinMs?: number): Promise<Delivery> {
    const timer = withinMs === undefined ? undefined : setTimeout(() => this.#stop.abort(), withinMs);
    this.#closed ??= this.#close();
    return this.#closed.finally(() => clearTimeout(timer));
  }

  async #close(): Promise<Delivery> {
    await Promise.race([this.#recovered, this.#stopped]);
    // The last chance for what is in the spill: one more try, however it went before.
    this.#failing = false;
    await this.#sendWhile(() => {
      this.#queue.seal();
      this.#pump();
      return true;
    });
    clearTimeout(this.#linger);
    this.#stop.abort();
    this.spillNow();
    await this.#spill.leave().catch((error: unknown) => this.#tell(error));
    this.#client.destroy();
    return this.delivery();
  }

  spillNow(): void {
    this.#save([...this.#underWay(), ...this.#queue.takeAll()]);
  }

  /** The records from the queue that may or may not have arrived. */
  #underWay(): EventRecord[] {
    return [...this.#inFlight.values()].flat();
  }

  /** Sends what is there in a while, full or not. */
  #lingering(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#queue.seal();
      this.#pump(true);
      this.#linger = this.#queue.bytes > 0 ? this.#lingering() : undefined;
    }, LINGER_MS);
    // A program that has nothing else to do may end; `close` and `closeOnExit` are for what is left then.
    return timer.unref();
  }

  /** Puts on the disk what there is no room for. What has waited longest is sent next, so it is the newest that goes. */
  #shed(): void {
    while (this.#queue.records.length > 0 && this.#queue.bytes + this.#inFlightBytes > this.#maxQueueBytes) {
      this.#save(this.#queue.takeNewest());
    }
  }

  /** Sends what there is, in batches that are not full too, while there is more to wait for. */
  async #sendWhile(isMore: () => boolean): Promise<void> {
    this.#flushing += 1;
    try {
      this.#queue.seal();
      this.#pump();
      while (isMore() && this.#inFlight.size > 0) await Promise.race(this.#inFlight.keys());
    } finally {
      this.#flushing -= 1;
    }
  }

  /** Begins to send as many batches as may be under way; from the spill when none of the queue's is due. */
  #pump(any = this.#flushing > 0): void {
    while (this.#inFlight.size < MAX_IN_FLIGHT && !this.#stop.signal.aborted) {
      const batch = this.#queue.takeBatch(any);
      if (batch.length > 0) {
        this.#start(batch, this.#send(batch));
        continue;
      }
      const file = this.#failing ? undefined : this.#spill.take();
      if (file === undefined) return;
      this.#start([], this.#sendSpilled(file));
    }
  }

  #start(fromQueue: readonly EventRecord[], sending: Promise<void>): void {
    const bytes = bytesIn(fromQueue);
    this.#inFlightBytes += bytes;
    const done = sending
      .catch((error: unknown) => this.#tell(error))
      .finally(() => {
        this.#inFlight.delete(done);
        this.#inFlightBytes -= bytes;
        this.#pump();
      });
    this.#inFlight.set(done, fromQueue);
  }

  async #send(records: readonly EventRecord[]): Promise<void> {
    const left = await this.#put(records);
    this.#sent += linesIn(records) - linesIn(left);
    if (left.length === 0) return;
    this.#save(left);
    if (!this.#stop.signal.aborted) this.#spill.move().catch((error: unknown) => this.#tell(error));
  }

  async #sendSpilled(file: SpilledFile): Promise<void> {
    const content = await file.read().catch((error: unknown) => {
      this.#spill.putBack(file);
      this.#failing = true;
      throw error;
    });
    // Somebody else has taken it.
    if (content === undefined) return;
    const records = recordsOf(content);
    for (let at = 0; at < records.length; ) {
      const batch = records.slice(at, at + batchLength(records.slice(at)));
      if ((await this.#put(batch)).length > 0) {
        this.#spill.putBack(file);
        return;
      }
      at += batch.length;
    }
    this.#sent += linesIn(records);
    await file.remove();
  }

  /** @returns the records that Firehose did not take. */
  async #put(records: readonly EventRecord[]): Promise<readonly EventRecord[]> {
    const { signal } = this.#stop;
    const put = (some: readonly EventRecord[]) =>
      this.#client.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: this.#stream,
          Records: some.map(({ data }) => ({ Data: data })),
        }),
        { abortSignal: signal },
      );
    // While the stream fails, one try is enough to see whether it still does.
    const patience = this.#failing ? 0 : this.#giveUpAfterMs;
    const { left, problem } = await putBatch(put, records, patience, signal);
    if (left.length === 0) {
      this.#failing = false;
    } else if (!signal.aborted) {
      if (!this.#failing) this.#tell(toStreamError(problem, this.#stream));
      this.#failing = true;
    }
    return left;
  }

  async #recover(): Promise<void> {
    await this.#spill.recover().catch((error: unknown) => this.#tell(error));
    this.#pump();
  }

  #save(records: readonly EventRecord[]): void {
    const { left, problem } = this.#spill.save(records);
    if (left.length > 0) this.#lose(linesIn(left), problem);
  }

  #lose(lines: number, error: unknown): void {
    if (this.#lost === 0) this.#tell(error, "events were lost: ");
    this.#lost += lines;
  }

  #tell(error: unknown, before = ""): void {
    const { message, code } = error as { readonly message?: string; readonly code?: unknown };
    process.emitWarning(`${before}${message ?? error}`, {
      type: "PromptOpsWarning",
      ...(typeof code === "string" && { code }),
    });
  }
}
