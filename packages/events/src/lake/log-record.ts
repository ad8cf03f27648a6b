import { gunzipSync } from "node:zlib";

/** What the log group's subscription lets through: lines of JSON whose `event` is one of ours. */
export const EVENT_FILTER_PATTERN = '{ ($.event = "prompt_*") || ($.event = "batch_*") }';

const PREFIXES = ["prompt_", "batch_"];

/** What CloudWatch Logs sends to a subscriber, once gunzipped. */
interface LogRecord {
  /** `CONTROL_MESSAGE` only asks whether somebody listens. */
  readonly messageType: string;
  readonly logEvents: readonly {
    readonly id: string;
    readonly timestamp: number;
    readonly message: string;
  }[];
}

/**
 * The messages in one record of CloudWatch Logs, as Firehose extracts them: none from a control message.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 *
 * @param bytes gzip'd JSON.
 * @throws an error where the bytes are no such record.
 */
export function messagesOf(bytes: Uint8Array): readonly string[] {
  const { messageType, logEvents } = JSON.parse(gunzipSync(bytes).toString()) as LogRecord;
  if (messageType === "CONTROL_MESSAGE") return [];
  if (messageType !== "DATA_MESSAGE") throw new Error(`a record of type ${messageType}`);
  return logEvents.map(({ message }) => message);
}

/** Whether {@link EVENT_FILTER_PATTERN} lets a line through. */
export function isEventLine(line: string): boolean {
  try {
    const { event } = JSON.parse(line) as { event?: unknown };
    return typeof event === "string" && PREFIXES.some((prefix) => event.startsWith(prefix));
  } catch {
    return false;
  }
}
