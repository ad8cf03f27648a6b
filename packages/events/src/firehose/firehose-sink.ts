import { UserError } from "@promptops/core";
import { Sender } from "./sender.ts";
import { spillPlace } from "./spill-place.ts";

export interface FirehoseOptions {
  /** The stream's name. It must be one for direct puts: a stream that decompresses CloudWatch Logs refuses these. */
  readonly stream: string;
  /** By default, the AWS SDK's own settings. */
  readonly region?: string;
  readonly endpoint?: string;
  /**
   * Where events are kept that Firehose does not take: a folder, or `s3://bucket/prefix` where disks go away with their
   * containers. On the way to S3 they are in a folder for temporary files.
   */
  readonly spill: string;
  /** How much may wait in memory, in bytes; what is more goes to the spill. 32 MiB. */
  readonly maxQueueBytes?: number;
  /** How long a batch is tried before it goes to the spill, in milliseconds. A minute. */
  readonly giveUpAfterMs?: number;
}

/** What became of the events so far, counted in events. */
export interface Delivery {
  /** Firehose took them, those that an earlier process had spilled included. */
  readonly sent: number;
  /** They are in the spill now. */
  readonly spilled: number;
  /** They are nowhere: too long for any record, or there was no room in memory and no writing to the spill. */
  readonly lost: number;
  /** What waits in memory, in bytes. */
  readonly queuedBytes: number;
}

/** Sends event lines to a Firehose stream. */
export interface FirehoseSink {
  /**
   * Takes one line at once, to send it within about a second. It never throws and never waits for the network; while
   * the memory it may use is full, it writes to the disk, some milliseconds for each 3 MB.
   */
  readonly write: (line: string) => void;
  /** What became of the events so far. */
  delivery(): Delivery;
  /** Resolves when everything written so far is with Firehose or in the spill. It does not reject. */
  flush(): Promise<Delivery>;
  /**
   * Sends everything, what is in the spill too, and ends the connections. What Firehose has not taken in time goes to the
   * spill. Lines that come later go to the spill's folder.
   *
   * @param withinMs for how long to try, in milliseconds; by default as long as it takes. While a sink closes, it can be
   * asked again to be done sooner.
   */
  close(withinMs?: number): Promise<Delivery>;
  /** Writes everything in memory to the spill's folder before it returns: for when the process ends now. */
  spillNow(): void;
}

const STREAM_NAME = /^(?!\.{1,2}$)[\w.-]{1,64}$/;

/**
 * A sink for `sendEventsTo` that packs lines into records and sends them to a Firehose stream, in programs that live:
 * batch workers, containers. In Lambda, events go to stdout instead, since a frozen environment sends nothing.
 *
 * Each event arrives at least once unless the process is killed, which loses what was in memory; events that come twice
 * have the same `event_id`. What is in the spill is sent when the stream takes events again, else by the next process
 * that has the same spill. A problem is told by a process warning (`PromptOpsWarning`), once until events flow again.
 *
 * @throws UserError `malformed-stream`, `malformed-spill`.
 *
 * @example
 * const sink = firehoseSink({ stream: "promptops-events", spill: "/var/spool/promptops" });
 * sendEventsTo(sink.write);
 * closeOnExit(sink);
 */
export function firehoseSink(options: FirehoseOptions): FirehoseSink {
  if (!STREAM_NAME.test(options.stream)) {
    throw new UserError("malformed-stream", `"${options.stream}" is no name of a Firehose stream`, {
      hint: "A name has 1 to 64 letters, digits, dots, hyphens and underscores.",
    });
  }
  const sender = new Sender(options, spillPlace(options.spill, options.stream));
  return {
    write: (line) => sender.write(line),
    delivery: () => sender.delivery(),
    flush: () => sender.flush(),
    close: (withinMs) => sender.close(withinMs),
    spillNow: () => sender.spillNow(),
  };
}
