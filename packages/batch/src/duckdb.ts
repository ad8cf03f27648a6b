import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

/** What `work` gives with a database in memory, which is let go of when the caller has enough. */
export async function* withDuckdb<T>(
  work: (connection: DuckDBConnection) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  try {
    const connection = await instance.connect();
    try {
      yield* work(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** A text as SQL has it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
