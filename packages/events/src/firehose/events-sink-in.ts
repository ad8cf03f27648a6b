import { type FirehoseSink, firehoseSink } from "./firehose-sink.ts";
import { temporarySpill } from "./spill-place.ts";

/**
 * The sink that a program's environment asks for: the Firehose stream that `PROMPTOPS_EVENTS_STREAM` names; undefined
 * without it, so that events go to stdout.
 *
 * @param spill where events are kept that Firehose does not take; by default a folder for temporary files.
 *
 * @example
 * const sink = eventsSinkIn(process.env);
 * if (sink !== undefined) sendEventsTo(sink.write);
 * // the job's work
 * await sink?.close();
 */
export function eventsSinkIn(
  { PROMPTOPS_EVENTS_STREAM: stream }: Readonly<Record<string, string | undefined>>,
  spill: string = temporarySpill(),
): FirehoseSink | undefined {
  return stream ? firehoseSink({ stream, spill }) : undefined;
}
