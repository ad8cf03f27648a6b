import type { Item } from "../process-batch.ts";
import { bytesOf, type InputFile } from "./input-file.ts";
import { readCsv } from "./read-csv.ts";
import { readJsonl } from "./read-jsonl.ts";
import { readParquet } from "./read-parquet.ts";

/** A record before it has its number. */
export type Unnumbered = Omit<Item, "recordId">;

/**
 * The records of an input, some at a time, numbered from 0 through all of its files. They are read as they are asked for.
 *
 * @param onBytes told how many bytes of the files were read.
 * @throws UserError `malformed-input` where a file is not of its format; what is wrong with a single record is in the record.
 */
export async function* readRecords(
  files: readonly InputFile[],
  onBytes: (count: number) => void = () => {},
): AsyncGenerator<readonly Item[]> {
  let recordId = 0;
  for (const file of files) {
    for await (const some of recordsOf(file, onBytes)) {
      yield some.map((one) => ({ recordId: recordId++, ...one }));
    }
  }
}

function recordsOf(file: InputFile, onBytes: (count: number) => void): AsyncIterable<readonly Unnumbered[]> {
  switch (file.format) {
    case "csv":
      return readCsv(file.place, bytesOf(file, onBytes));
    case "jsonl":
      return readJsonl(bytesOf(file, onBytes));
    case "parquet":
      return readParquet(file, onBytes);
  }
}
