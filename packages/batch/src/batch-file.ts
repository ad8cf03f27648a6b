import type { BatchOutcome, Failure, RecordResult } from "./process-batch.ts";
import type { Usage } from "./usage.ts";

/** The first line of a batch's file. */
export interface BatchHeader extends Usage {
  readonly batch: number;
  readonly results: number;
  readonly failures: number;
}

/** The outcome of a batch in one file, so that it is there as a whole or not at all: the header, the results, the failures. */
export function batchFile(batch: number, { results, failures, usage }: Omit<BatchOutcome, "left">): string {
  const header: BatchHeader = { batch, results: results.length, failures: failures.length, ...usage };
  let text = `${JSON.stringify(header)}\n`;
  for (const result of results) text += resultLine(result);
  for (const failure of failures) text += failureLine(failure);
  return text;
}

/** A result as the output has it: the record's number, then the job's own fields. */
function resultLine({ recordId, result }: RecordResult): string {
  const own = JSON.stringify(result);
  return own === "{}" ? `{"record_id":${recordId}}\n` : `{"record_id":${recordId},${own.slice(1)}\n`;
}

function failureLine({ recordId, error, attempts, passing, input }: Failure): string {
  return `${JSON.stringify({ record_id: recordId, error, attempts, passing, input })}\n`;
}

/** A batch's file in its parts, lines with their ends. */
export function readBatchFile(text: string): {
  readonly header: BatchHeader;
  readonly results: string;
  readonly failures: string;
} {
  const start = text.indexOf("\n") + 1;
  const header = JSON.parse(text.slice(0, start)) as BatchHeader;
  let end = start;
  for (let line = 0; line < header.results; line += 1) end = text.indexOf("\n", end) + 1;
  return { header, results: text.slice(start, end), failures: text.slice(end) };
}

/** What {@link batchFile} wrote, to be completed by a later process. */
export function openBatchFile(text: string): Omit<BatchOutcome, "left"> {
  const { header, results, failures } = readBatchFile(text);
  const { inputTokens, outputTokens, costUsd } = header;
  return {
    results: rows(results).map(({ record_id: recordId, ...result }) => ({
      recordId: Number(recordId),
      result,
    })),
    failures: rows(failures).map(({ record_id: recordId, ...failure }) => ({
      ...(failure as unknown as Failure),
      recordId: Number(recordId),
    })),
    usage: { inputTokens, outputTokens, costUsd },
  };
}

function rows(text: string): readonly Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
