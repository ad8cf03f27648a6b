import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBatchFile } from "../batch-file.ts";
import { sqlText, withDuckdb } from "../duckdb.ts";
import type { Manifest } from "./manifest.ts";
import type { RunFolder } from "./run-folder.ts";

/** About how many records a part has. */
const PART_RECORDS = 10_000;
/** In characters. */
const WRITTEN_AT_ONCE = 4 * 1024 * 1024;

/**
 * Puts the batches together to the output: `part-00001.jsonl` (or `.parquet`) and on, and beside a part `failures-00001.jsonl` where records
 * of its batches failed. The same batches give the same parts, so that it can be done again after a kill.
 *
 * @param batches how many there are.
 * @returns the names of the parts, in order.
 */
export async function writeParts(
  folder: RunFolder,
  { batchSize, outputFormat }: Pick<Manifest, "batchSize" | "outputFormat">,
  batches: number,
): Promise<readonly string[]> {
  const perPart = Math.max(1, Math.round(PART_RECORDS / batchSize));
  const names: string[] = [];
  for (let first = 1, part = 1; first <= batches; first += perPart, part += 1) {
    const number = String(part).padStart(5, "0");
    const last = Math.min(batches, first + perPart - 1);
    joinBatches(folder, first, last, `part-${number}.jsonl`, `failures-${number}.jsonl`);
    names.push(`part-${number}`);
  }
  if (outputFormat === "parquet" && names.length > 0) await toParquet(folder, names);
  return names.map((name) => `${name}.${outputFormat}`);
}

function joinBatches(folder: RunFolder, first: number, last: number, part: string, failures: string): void {
  const results = new Draft(folder, part);
  const failed = new Draft(folder, failures);
  for (let batch = first; batch <= last; batch += 1) {
    const file = readBatchFile(folder.readBatch(batch));
    results.add(file.results);
    failed.add(file.failures);
  }
  results.put();
  if (!failed.isEmpty) failed.put();
}

/** A file that is put in place when it is whole, written some MB at a time. */
class Draft {
  readonly #path: string;
  readonly #draft: string;
  #begun = false;
  #text = "";

  constructor(folder: RunFolder, name: string) {
    this.#path = join(folder.path, name);
    this.#draft = folder.draft(name);
  }

  get isEmpty(): boolean {
    return !this.#begun && this.#text === "";
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= WRITTEN_AT_ONCE) this.#write();
  }

  put(): void {
    this.#write();
    renameSync(this.#draft, this.#path);
  }

  #write(): void {
    writeFileSync(this.#draft, this.#text, { flag: this.#begun ? "a" : "w" });
    this.#begun = true;
    this.#text = "";
  }
}

/** One set of columns for all parts, whatever is absent from some of them. */
async function toParquet(folder: RunFolder, names: readonly string[]): Promise<void> {
  const json = names.map((name) => join(folder.path, `${name}.jsonl`));
  const work = withDuckdb(async function* (connection) {
    const options = "format = 'newline_delimited', maximum_object_size = 134217728";
    const all = `read_json([${json.map(sqlText).join(", ")}], ${options}, sample_size = -1, union_by_name = true)`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${all}`);
    const columns = described
      .getRowObjects()
      .map((row) => `${sqlText(String(row.column_name))}: ${sqlText(String(row.column_type))}`);
    for (const [at, name] of names.entries()) {
      const rows = `read_json(${sqlText(json[at] ?? "")}, ${options}, columns = {${columns.join(", ")}})`;
      const draft = folder.draft(`${name}.parquet`);
      await connection.run(
        `COPY (SELECT * FROM ${rows}) TO ${sqlText(draft)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      renameSync(draft, join(folder.path, `${name}.parquet`));
      yield name;
    }
  });
  for await (const name of work) rmSync(join(folder.path, `${name}.jsonl`));
}
