import { describe, expect, it } from "vitest";
import { ruleOf } from "./rule.ts";
import { STATE_MACHINE_RULES, stateMachineFaults } from "./state-machine.ts";

const MAP = {
  Type: "Map",
  Label: "Records",
  ItemReader: {
    Resource: "arn:aws:states:::s3:getObject",
    ReaderConfig: { InputType: "CSV", CSVHeaderLocation: "FIRST_ROW" },
    Parameters: { "Bucket.$": "$.bucket", Key: "data.csv" },
  },
  ItemBatcher: { MaxItemsPerBatch: 10, MaxInputBytesPerBatchPath: "$.bytes" },
  MaxConcurrency: 100,
  ToleratedFailurePercentage: 5,
  ToleratedFailureCountPath: "$.count",
  ItemProcessor: {
    ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" },
    StartAt: "Work",
    States: {
      Work: { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", TimeoutSeconds: 240, End: true },
    },
  },
  ResultWriter: {
    Resource: "arn:aws:states:::s3:putObject",
    Parameters: { Bucket: "results", "Prefix.$": "$.prefix" },
  },
  End: true,
};
const machine = (bent: object, states: object = { Records: { ...MAP, ...bent } }) => ({
  name: "batch",
  type: "STANDARD",
  definition: JSON.stringify({ StartAt: "Records", States: states }),
});
const task = (bent: object) =>
  machine({
    ItemProcessor: {
      ...MAP.ItemProcessor,
      States: { Work: { ...MAP.ItemProcessor.States.Work, ...bent } },
    },
  });
const config = (ProcessorConfig: object) =>
  machine({ ItemProcessor: { ...MAP.ItemProcessor, ProcessorConfig } });
const reader = (bent: object) => machine({ ItemReader: { ...MAP.ItemReader, ...bent } });

const NAMES = "names of states have at most 80 characters, and are unique";
const MODE =
  "a map that reads, batches or writes is in distributed mode, with executions of type STANDARD or EXPRESS";
const LABEL = "a map's label has at most 40 characters, none of them white or special, and is unique";
const AT_ONCE = "a number or a path says how many may run at once, at most 10,000";
const TOLERATED = "what may fail is a share from 0 to 100, and a count, each a number or a path";
const BATCH = "a batch has a limit, in items or in bytes, and at most 256 KiB";
const READ = "items are read from S3, as a type of file that there is, and CSV says where its header is";
const WRITTEN = "results are written to a bucket and a prefix of S3";
const EXPRESS = "what an express execution waits for ends within its 5 minutes";

/** Machines with one thing bent, and the rule that this breaks. */
const BENT: readonly (readonly [fault: string, machine: ReturnType<typeof machine>])[] = [
  ["a name has at most 80 letters, digits, - or _", { ...machine({}), name: "b".repeat(81) }],
  ["a name has at most 80 letters, digits, - or _", { ...machine({}), name: "batch jobs" }],
  ["a definition has at most 1 MB", machine({ Comment: "é".repeat(600_000) })],
  [NAMES, machine({}, { ["R".repeat(81)]: MAP })],
  [NAMES, machine({}, { Work: MAP })],
  ["maps in distributed mode are in machines of type STANDARD", { ...machine({}), type: "EXPRESS" }],
  [MODE, config({ Mode: "INLINE" })],
  [MODE, config({ Mode: "DISTRIBUTED" })],
  [LABEL, machine({ Label: "all records" })],
  [LABEL, machine({ Label: "L".repeat(41) })],
  [AT_ONCE, machine({ MaxConcurrency: 10_001 })],
  [AT_ONCE, machine({ MaxConcurrencyPath: "$.workers" })],
  [TOLERATED, machine({ ToleratedFailurePercentage: 101 })],
  [TOLERATED, machine({ ToleratedFailureCountPath: "count" })],
  [BATCH, machine({ ItemBatcher: { MaxInputBytesPerBatch: 262_145 } })],
  [BATCH, machine({ ItemBatcher: { BatchInput: {} } })],
  [READ, reader({ Resource: "arn:aws:states:::dynamodb:query" })],
  [READ, reader({ ReaderConfig: { InputType: "CSV" } })],
  [READ, reader({ ReaderConfig: { InputType: "XML" } })],
  [READ, reader({ ReaderConfig: { InputType: "JSON", CSVHeaderLocation: "FIRST_ROW" } })],
  [READ, reader({ Parameters: { Bucket: "data" } })],
  [WRITTEN, machine({ ResultWriter: { ...MAP.ResultWriter, Parameters: { Bucket: "results" } } })],
  [EXPRESS, task({ TimeoutSeconds: 301 })],
  [EXPRESS, task({ TimeoutSeconds: undefined })],
  [
    "an express execution does not wait for a callback or for a job",
    task({ Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" }),
  ],
];

describe("stateMachineFaults", () => {
  it("finds none in a machine that keeps the rules", () => {
    expect(stateMachineFaults(machine({}))).toEqual([]);
    const list = { Resource: "arn:aws:states:::s3:listObjectsV2", Parameters: { Bucket: "data" } };
    expect(stateMachineFaults(machine({ ItemReader: list }))).toEqual([]);
  });

  it.each(BENT)("finds that not: %s", (fault, bent) => {
    expect(stateMachineFaults(bent).map(ruleOf)).toEqual([fault]);
  });

  it("has no rule that nothing breaks", () => {
    expect(new Set(BENT.map(([fault]) => fault))).toEqual(
      new Set(STATE_MACHINE_RULES.map(({ says }) => says)),
    );
  });
});
