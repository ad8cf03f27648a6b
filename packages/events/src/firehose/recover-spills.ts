import { type Delivery, type FirehoseOptions, firehoseSink } from "./firehose-sink.ts";

/**
 * Sends what earlier processes have spilled, and leaves what Firehose still does not take. Every sink does the same when
 * it starts; this is for when none does.
 *
 * @throws UserError `malformed-stream`, `malformed-spill`.
 */
export function recoverSpills(options: FirehoseOptions): Promise<Delivery> {
  return firehoseSink(options).close();
}
