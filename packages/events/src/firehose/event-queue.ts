import { batchLength, bytesIn, type EventRecord, MAX_BATCH_BYTES, RecordPacker } from "./records.ts";

/** Lines that wait to be sent, packed into records. */
export class EventQueue {
  readonly #packer = new RecordPacker();
  /** Full records, the oldest first. */
  #records: EventRecord[] = [];
  #recordBytes = 0;

  /** What waits, in bytes. */
  get bytes(): number {
    return this.#recordBytes + this.#packer.bytes;
  }

  /** The records that are full. */
  get records(): readonly EventRecord[] {
    return this.#records;
  }

  /** Takes a line. @returns whether it made a record full. @throws RangeError for a line that no record can hold. */
  add(line: string): boolean {
    return this.#push(this.#packer.add(line));
  }

  /** Makes a record of what waits for more. */
  seal(): void {
    this.#push(this.#packer.seal());
  }

  /** Takes out the oldest records, as many as go into one request; only if that makes it full, unless told `any`. */
  takeBatch(any: boolean): EventRecord[] {
    const count = batchLength(this.#records);
    const isFull = this.#recordBytes >= MAX_BATCH_BYTES || count < this.#records.length;
    return isFull || any ? this.#take(0, count) : [];
  }

  /** Takes out the newest records, as many as go into one request. */
  takeNewest(): EventRecord[] {
    const count = batchLength(this.#records.toReversed());
    return this.#take(this.#records.length - count, count);
  }

  takeAll(): EventRecord[] {
    this.seal();
    return this.#take(0, this.#records.length);
  }

  #push(records: readonly EventRecord[]): boolean {
    this.#records.push(...records);
    this.#recordBytes += bytesIn(records);
    return records.length > 0;
  }

  #take(from: number, count: number): EventRecord[] {
    const taken = this.#records.splice(from, count);
    this.#recordBytes -= bytesIn(taken);
    return taken;
  }
}
