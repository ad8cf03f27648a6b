import { dynamoLedger } from "@promptops/core/dynamo";
import { BackDoor, describeEngines, ledgerContract, type NewTable } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { describeProgram, inputsOf, type OnStage } from "./describe-program.ts";
import { type EventPattern, matches } from "./rules/event-pattern.ts";
import { createTableOf, streamRecords } from "./table-request.ts";

/** A table that is made from what the program asks for. */
function newStackTable(on: OnStage, newTable: NewTable): NewTable {
  return async () => {
    const { endpoint, table } = await newTable();
    const address = { endpoint, table: `stack-${table}` };
    await createTableOf(inputsOf(on("production"), "aws:dynamodb/table:Table", "Ledger"), address);
    return address;
  };
}

describeProgram("the table that the program asks for", (on) => {
  describeEngines(
    (newTable) => {
      const newLedgerTable = newStackTable(on, newTable);
      ledgerContract(async () => dynamoLedger(await newLedgerTable()));

      describe("its stream", () => {
        it("has records of which the alarm's filter takes tampering alone", async () => {
          const address = await newLedgerTable();
          const backDoor = new BackDoor(address);
          const [first, second] = [1, 2].map((at) => ({ pk: "a.b", sk: `${at}` }));
          if (first === undefined || second === undefined) throw new Error("there are two");
          await dynamoLedger(address).insert([first, second]);
          await backDoor.put({ ...first, note: "changed" });
          await backDoor.remove(second);

          const records = await streamRecords(address);
          expect(records).toHaveLength(4);
          const pipe = inputsOf(on("production"), "aws:pipes/pipe:Pipe", "TamperAlarm");
          const { filterCriteria } = pipe.sourceParameters as {
            filterCriteria: { filters: readonly { pattern: string }[] };
          };
          const patterns = filterCriteria.filters.map(({ pattern }) => JSON.parse(pattern) as EventPattern);
          const paged = records.filter((record) => patterns.some((pattern) => matches(pattern, record)));
          const { inputTemplate } = pipe.targetParameters as { inputTemplate: string };
          expect(paged.map((record) => JSON.parse(filled(inputTemplate, record)) as object)).toEqual([
            expect.objectContaining({ change: "MODIFY", keys: keys("1") }),
            expect.objectContaining({ change: "REMOVE", keys: keys("2") }),
          ]);
        });
      });
    },
    ["dynoxide"],
  );
});

const keys = (sk: string) => ({ pk: { S: "a.b" }, sk: { S: sk } });

/** What a pipe makes of a record: texts as they are, which the template has in quotes, and objects as JSON. */
function filled(template: string, record: object): string {
  return template.replaceAll(/<\$\.([\w.]+)>/g, (_, path: string) => {
    const value = path
      .split(".")
      .reduce<unknown>((object, name) => (object as Record<string, unknown> | undefined)?.[name], record);
    return typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
  });
}
