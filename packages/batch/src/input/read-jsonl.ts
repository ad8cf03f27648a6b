import type { Unnumbered } from "./read-records.ts";

/** A record for each line that is not blank. A line that is no JSON is a record with a problem. */
export async function* readJsonl(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Unnumbered[]> {
  const decoder = new TextDecoder();
  // A long line comes in many pieces, which are joined once.
  let begun: string[] = [];
  for await (const chunk of bytes) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    if (lines.length === 1) {
      begun.push(lines[0] ?? "");
      continue;
    }
    lines[0] = begun.join("") + lines[0];
    begun = [lines.pop() ?? ""];
    yield recordsIn(lines);
  }
  yield recordsIn([begun.join("") + decoder.decode()]);
}

function recordsIn(lines: readonly string[]): readonly Unnumbered[] {
  const records: Unnumbered[] = [];
  for (const line of lines) {
    if (line.trim() === "") continue;
    try {
      records.push({ record: JSON.parse(line) as unknown });
    } catch (error) {
      records.push({ record: line, problem: `the line is not JSON: ${(error as Error).message}` });
    }
  }
  return records;
}
