import fc from "fast-check";
import { expect, it } from "vitest";
import { batchFile, openBatchFile, readBatchFile } from "./batch-file.ts";

const value = fc.jsonValue().map((written) => JSON.parse(JSON.stringify(written)) as unknown);
const row = fc.dictionary(
  fc.string().filter((name) => !["record_id", "__proto__"].includes(name)),
  value,
);
const outcomes = fc.record(
  {
    results: fc.array(fc.record({ recordId: fc.nat(), result: row }, { noNullPrototype: true })),
    failures: fc.array(
      fc.record(
        {
          recordId: fc.nat(),
          error: fc.record({ code: fc.string(), message: fc.string() }, { noNullPrototype: true }),
          attempts: fc.nat(3),
          passing: fc.boolean(),
          input: value,
        },
        { noNullPrototype: true },
      ),
    ),
    usage: fc.record(
      {
        inputTokens: fc.nat(),
        outputTokens: fc.nat(),
        costUsd: fc.double({ min: 0, max: 1e6, noNaN: true }),
      },
      { noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

it("a batch's file holds its outcome, and comes apart into lines of results and of failures", () => {
  fc.assert(
    fc.property(outcomes, (outcome) => {
      const text = batchFile(7, outcome);
      expect(JSON.parse(JSON.stringify(openBatchFile(text)))).toEqual(JSON.parse(JSON.stringify(outcome)));
      const { header, results, failures } = readBatchFile(text);
      expect(header).toMatchObject({ batch: 7, results: outcome.results.length });
      expect(results.split("\n")).toHaveLength(outcome.results.length + 1);
      expect(failures.split("\n")).toHaveLength(outcome.failures.length + 1);
    }),
  );
});

it("a result is a line with the record's number first", () => {
  const outcome = { failures: [], usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } };
  const results = [
    { recordId: 3, result: { label: "a", n: null } },
    { recordId: 4, result: {} },
  ];
  expect(readBatchFile(batchFile(1, { ...outcome, results })).results).toBe(
    '{"record_id":3,"label":"a","n":null}\n{"record_id":4}\n',
  );
});
