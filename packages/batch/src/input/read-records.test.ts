import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Item } from "../process-batch.ts";
import { inputFiles } from "./input-file.ts";
import { readJsonl } from "./read-jsonl.ts";
import { readRecords } from "./read-records.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "promptops-input-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The records of an input, in a file of its own. */
async function read(name: string, content: string | Uint8Array): Promise<readonly Item[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return records(path);
}

async function records(input: string): Promise<readonly Item[]> {
  return (await Array.fromAsync(readRecords(await inputFiles(input)))).flat();
}

describe("JSON lines", () => {
  const ROWS = [{ text: "Grüße 👋" }, { text: "a\u2028b" }, { n: 1, list: [1, { x: null }] }];
  const LINES = ROWS.map((row) => `${JSON.stringify(row)}\n`).join("");

  it.each(["a.jsonl", "a.ndjson", "A.JSONL"])("are records, in %s", async (name) => {
    expect(await read(name, LINES)).toEqual(ROWS.map((record, recordId) => ({ recordId, record })));
  });

  it("may be packed, with blank lines, and without an end of the last one", async () => {
    const packed = gzipSync(`\n${LINES.replaceAll("\n", "\r\n\n")}{"last":true}`);
    expect((await read("a.jsonl.gz", packed)).map(({ record }) => record)).toEqual([...ROWS, { last: true }]);
  });

  it("that are no JSON are records with a problem, and the others stay", async () => {
    expect(await read("bad.jsonl", '{"n":1}\n{"n":\n{"n":3}\n')).toEqual([
      { recordId: 0, record: { n: 1 } },
      { recordId: 1, record: '{"n":', problem: expect.stringContaining("not JSON") },
      { recordId: 2, record: { n: 3 } },
    ]);
  });

  it("are the same however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 7 }), async (values, size) => {
        const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
        async function* pieces() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const read = (await Array.fromAsync(readJsonl(pieces()))).flat();
        expect(read.map(({ record }) => record)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it("that cannot be unpacked are refused", async () => {
    await expect(read("broken.jsonl.gz", gzipSync(LINES).subarray(0, 30))).rejects.toMatchObject({
      code: "malformed-input",
    });
  });
});

describe("CSV", () => {
  it("has its names in the first row; fields may hold commas, quotes and line breaks", async () => {
    const text = '\uFEFFtext,category\r\n"a, ""b""\r\nc",x\r\nplain,y\r\n';
    expect(await read("a.csv", text)).toEqual([
      { recordId: 0, record: { text: 'a, "b"\r\nc', category: "x" } },
      { recordId: 1, record: { text: "plain", category: "y" } },
    ]);
  });

  it("may be packed", async () => {
    expect(await read("a.csv.gz", gzipSync("n\n1\n"))).toEqual([{ recordId: 0, record: { n: "1" } }]);
  });

  it("has a problem in a row of another length", async () => {
    const [, wrong, right] = await read("wide.csv", "a,b\n1,2\n1,2,3\n4,5\n");
    expect(wrong).toEqual({
      recordId: 1,
      record: ["1", "2", "3"],
      problem: expect.stringContaining("3 fields"),
    });
    expect(right).toEqual({ recordId: 2, record: { a: "4", b: "5" } });
  });

  it.each([
    ["a quote that does not end", 'a\n"b\n'],
    ["a name that is there twice", "a,a\n1,2\n"],
  ])("is refused for %s", async (_, text) => {
    await expect(read("refused.csv", text)).rejects.toMatchObject({ code: "malformed-input" });
  });
});

describe("Parquet", () => {
  it("has a record for each row, in order, with values that JSON can hold", async () => {
    const path = join(folder, "a.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT i AS n, 'row ' || i AS text, TIMESTAMP '2026-05-01 10:00:00' AS at, [i, 1] AS list,
        CASE WHEN i = 1 THEN 9007199254740993 END AS big FROM range(5000) t(i)) TO '${path}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    const rows = await records(path);
    expect(rows.map(({ recordId }) => recordId)).toEqual(Array.from({ length: 5000 }, (_, at) => at));
    expect(rows[1]).toEqual({
      recordId: 1,
      record: { n: 1, text: "row 1", at: "2026-05-01T10:00:00.000Z", list: [1, 1], big: "9007199254740993" },
    });
    expect(rows[4999]?.record).toMatchObject({ n: 4999, big: null });
  });

  it("that is none is refused", async () => {
    await expect(read("no.parquet", "text")).rejects.toMatchObject({ code: "malformed-input" });
  });
});

describe("inputFiles", () => {
  it("takes the files of a glob in the order of their names, numbered on", async () => {
    mkdirSync(join(folder, "many"));
    for (const name of ["b.jsonl", "a.csv", "c.txt"])
      writeFileSync(join(folder, "many", name), name === "a.csv" ? "n\n1\n" : '{"n":2}\n');
    expect(await records(join(folder, "many", "*.{csv,jsonl}"))).toEqual([
      { recordId: 0, record: { n: "1" } },
      { recordId: 1, record: { n: 2 } },
    ]);
  });

  it("tells files by their bytes", async () => {
    writeFileSync(join(folder, "x.csv"), "n\n1\n");
    const [before] = await inputFiles(join(folder, "x.csv"));
    writeFileSync(join(folder, "x.csv"), "n\n2\n");
    const [after] = await inputFiles(join(folder, "x.csv"));
    expect(before).toMatchObject({ format: "csv", gzip: false, bytes: 4 });
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
  });

  it.each([
    ["nothing", "missing.csv", "no-input"],
    ["a file of another kind", "a.txt", "unknown-format"],
    ["packed Parquet", "a.parquet.gz", "unknown-format"],
  ])("refuses %s", async (_, name, code) => {
    if (code === "unknown-format") writeFileSync(join(folder, name), "");
    await expect(inputFiles(join(folder, name))).rejects.toMatchObject({ code });
  });
});
