/** Lines as one record of Firehose, each with its end of line. */
export interface EventRecord {
  readonly data: Buffer;
  readonly lines: number;
}

/** Firehose's limits. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const MAX_RECORD_BYTES = 1_000 * 1_024;
const MAX_BATCH_RECORDS = 500;
/** 4 MB for a request. Base64 makes a third more of this, so that it holds however Firehose counts. */
export const MAX_BATCH_BYTES = 3_000_000;

/** A record is billed in steps of 5 KB: 20 of them, of which at most one line's length is paid for nothing. */
export const RECORD_BYTES = 100 * 1_024;
/** Firehose takes no more lines apart again, where a stream is told to (dynamic partitioning). */
const RECORD_LINES = 500;

const END_OF_LINE = 10;

/** Packs lines into records. It holds one record that is not full. */
export class RecordPacker {
  readonly #open = Buffer.allocUnsafeSlow(RECORD_BYTES);
  #length = 0;
  #lines = 0;

  /** How many bytes wait for more. */
  get bytes(): number {
    return this.#length;
  }

  /**
   * Takes one more line.
   *
   * @returns the records that are full now.
   * @throws RangeError for a line that no record can hold; nothing has changed then.
   */
  add(line: string): EventRecord[] {
    const whole = line.endsWith("\n") ? line : `${line}\n`;
    // A character of a string takes at most three bytes; counting them all would cost more than writing them.
    const fits = whole.length * 3 <= RECORD_BYTES - this.#length;
    const bytes = fits ? 0 : Buffer.byteLength(whole);
    if (bytes > MAX_RECORD_BYTES) {
      throw new RangeError(`the line has ${bytes} bytes, a record at most ${MAX_RECORD_BYTES}`);
    }
    const full: EventRecord[] = [];
    if (bytes > RECORD_BYTES - this.#length) full.push(...this.seal());
    if (bytes > RECORD_BYTES) return [...full, { data: Buffer.from(whole), lines: 1 }];
    this.#length += this.#open.write(whole, this.#length);
    this.#lines += 1;
    if (this.#lines === RECORD_LINES) full.push(...this.seal());
    return full;
  }

  /** What waits for more, as a record; nothing if nothing does. */
  seal(): EventRecord[] {
    if (this.#lines === 0) return [];
    const record = { data: Buffer.from(this.#open.subarray(0, this.#length)), lines: this.#lines };
    this.#length = 0;
    this.#lines = 0;
    return [record];
  }
}

/** How many of these records, from the first on, go into one request. At least one, if there is one. */
export function batchLength(records: readonly EventRecord[]): number {
  let bytes = 0;
  let count = 0;
  for (const { data } of records) {
    bytes += data.length;
    if (count === MAX_BATCH_RECORDS || bytes > MAX_BATCH_BYTES) break;
    count += 1;
  }
  return count;
}

/** The records that lines in a file make. */
export function recordsOf(file: Buffer): EventRecord[] {
  const records: EventRecord[] = [];
  let start = 0;
  let end = 0;
  let lines = 0;
  while (end < file.length) {
    const found = file.indexOf(END_OF_LINE, end);
    const next = found < 0 ? file.length : found + 1;
    if (lines > 0 && (next - start > RECORD_BYTES || lines === RECORD_LINES)) {
      records.push({ data: file.subarray(start, end), lines });
      start = end;
      lines = 0;
    }
    end = next;
    lines += 1;
  }
  return lines === 0 ? records : [...records, { data: file.subarray(start), lines }];
}

export function bytesIn(records: readonly EventRecord[]): number {
  return records.reduce((sum, { data }) => sum + data.length, 0);
}

export function linesIn(records: readonly EventRecord[]): number {
  return records.reduce((sum, { lines }) => sum + lines, 0);
}
