import { brokenRules, type Rule } from "./rule.ts";

type Members = Readonly<Record<string, unknown>>;

/** A state machine, as a provider gets it. */
export interface StateMachine {
  readonly name: string;
  readonly type: string;
  /** JSON, in Amazon States Language. */
  readonly definition: string;
}

/** A state machine with its states at hand: those within its maps too. */
interface Machine extends StateMachine {
  readonly states: readonly (readonly [name: string, state: Members])[];
  /** Those that are maps in distributed mode. */
  readonly maps: readonly Members[];
}

const GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg";
const READERS = ["arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"];
const INPUT_TYPES = ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"];
const MAX_BATCH_BYTES = 262_144;
const MAX_EXPRESS_SECONDS = 300;

/** What AWS documents of state machines, as far as the grammar of Amazon States Language does not say it already. */
export const STATE_MACHINE_RULES: readonly Rule<Machine>[] = [
  {
    says: "a name has at most 80 letters, digits, - or _",
    source: "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html",
    holds: ({ name }) => /^[\w-]{1,80}$/.test(name),
  },
  {
    says: "a definition has at most 1 MB",
    source: `${GUIDE}/service-quotas.html`,
    holds: ({ definition }) => Buffer.byteLength(definition) <= 1024 * 1024,
  },
  {
    says: "names of states have at most 80 characters, and are unique",
    source: `${GUIDE}/statemachine-structure.html`,
    holds: ({ states }) => {
      const names = states.map(([name]) => name);
      return names.every((name) => /^.{1,80}$/.test(name)) && new Set(names).size === names.length;
    },
  },
  {
    says: "maps in distributed mode are in machines of type STANDARD",
    source: `${GUIDE}/state-map-distributed.html`,
    holds: ({ type, maps }) => type === "STANDARD" || maps.length === 0,
  },
  {
    says: "a map that reads, batches or writes is in distributed mode, with executions of type STANDARD or EXPRESS",
    source: `${GUIDE}/state-map-distributed.html`,
    holds: ({ states }) =>
      states.every(([, state]) => {
        const takesMode = ["ItemReader", "ItemBatcher", "ResultWriter", "Label"].some(
          (name) => name in state,
        );
        const { Mode, ExecutionType } = configOf(state);
        return (
          (!takesMode || Mode === "DISTRIBUTED") &&
          (Mode !== "DISTRIBUTED" || ["STANDARD", "EXPRESS"].includes(String(ExecutionType)))
        );
      }),
  },
  {
    says: "a map's label has at most 40 characters, none of them white or special, and is unique",
    source: `${GUIDE}/state-map-distributed.html`,
    holds: ({ maps }) => {
      const labels = maps.flatMap(({ Label }) => (Label === undefined ? [] : [String(Label)]));
      return (
        labels.every((label) => /^[^\s?*<>{}[\]"#%\\^|~`$&,;:/\p{Cc}]{1,40}$/u.test(label)) &&
        new Set(labels).size === labels.length
      );
    },
  },
  {
    says: "a number or a path says how many may run at once, at most 10,000",
    source: `${GUIDE}/state-map-distributed.html`,
    holds: ({ maps }) => maps.every((map) => hasOneOf(map, "MaxConcurrency", 0, 10_000)),
  },
  {
    says: "what may fail is a share from 0 to 100, and a count, each a number or a path",
    source: `${GUIDE}/state-map-distributed.html`,
    holds: ({ maps }) =>
      maps.every(
        (map) =>
          hasOneOf(map, "ToleratedFailurePercentage", 0, 100) &&
          hasOneOf(map, "ToleratedFailureCount", 0, Number.MAX_SAFE_INTEGER),
      ),
  },
  {
    says: "a batch has a limit, in items or in bytes, and at most 256 KiB",
    source: `${GUIDE}/input-output-itembatcher.html`,
    holds: ({ maps }) =>
      maps.every(({ ItemBatcher: batcher }) => {
        if (batcher === undefined) return true;
        const limits = ["MaxItemsPerBatch", "MaxInputBytesPerBatch"];
        return (
          isMap(batcher) &&
          limits.some((name) => name in batcher || `${name}Path` in batcher) &&
          hasOneOf(batcher, "MaxItemsPerBatch", 1, Number.MAX_SAFE_INTEGER) &&
          hasOneOf(batcher, "MaxInputBytesPerBatch", 1, MAX_BATCH_BYTES)
        );
      }),
  },
  {
    says: "items are read from S3, as a type of file that there is, and CSV says where its header is",
    source: `${GUIDE}/input-output-itemreader.html`,
    holds: ({ maps }) =>
      maps.every(({ ItemReader: reader }) => {
        if (reader === undefined) return true;
        if (!isMap(reader) || !READERS.includes(String(reader.Resource)) || !isMap(reader.Parameters))
          return false;
        const names = Object.keys(reader.Parameters).map((name) => name.replace(/\.\$$/, ""));
        if (reader.Resource === READERS[1]) return names.includes("Bucket");
        const config = isMap(reader.ReaderConfig) ? reader.ReaderConfig : {};
        const { InputType, CSVHeaderLocation: location, CSVHeaders: headers } = config;
        const hasHeader = location === "FIRST_ROW" || (location === "GIVEN" && Array.isArray(headers));
        return (
          ["Bucket", "Key"].every((name) => names.includes(name)) &&
          INPUT_TYPES.includes(String(InputType)) &&
          (InputType === "CSV" ? hasHeader : location === undefined)
        );
      }),
  },
  {
    says: "results are written to a bucket and a prefix of S3",
    source: `${GUIDE}/input-output-resultwriter.html`,
    holds: ({ maps }) =>
      maps.every(({ ResultWriter: writer }) => {
        if (writer === undefined) return true;
        if (
          !isMap(writer) ||
          writer.Resource !== "arn:aws:states:::s3:putObject" ||
          !isMap(writer.Parameters)
        )
          return false;
        const names = Object.keys(writer.Parameters).map((name) => name.replace(/\.\$$/, ""));
        return ["Bucket", "Prefix"].every((name) => names.includes(name));
      }),
  },
  {
    says: "what an express execution waits for ends within its 5 minutes",
    source: `${GUIDE}/choosing-workflow-type.html`,
    holds: ({ maps }) =>
      maps
        .filter((map) => configOf(map).ExecutionType === "EXPRESS")
        .flatMap(({ ItemProcessor }) => statesOf(ItemProcessor))
        .filter(([, { Type }]) => Type === "Task")
        .every(
          ([, { TimeoutSeconds: seconds }]) =>
            Number.isFinite(seconds) && Number(seconds) <= MAX_EXPRESS_SECONDS,
        ),
  },
  {
    says: "an express execution does not wait for a callback or for a job",
    source: `${GUIDE}/choosing-workflow-type.html`,
    holds: ({ type, maps, states }) => {
      const express = maps
        .filter((map) => configOf(map).ExecutionType === "EXPRESS")
        .flatMap(({ ItemProcessor }) => statesOf(ItemProcessor));
      return (type === "EXPRESS" ? states : express).every(
        ([, { Resource }]) => !/\.(?:sync(?::2)?|waitForTaskToken)$|:activity:/.test(String(Resource)),
      );
    },
  },
];

/** What is wrong with a state machine, by what AWS documents besides the language itself. */
export function stateMachineFaults(machine: StateMachine): readonly string[] {
  const states = statesOf(JSON.parse(machine.definition));
  const maps = states.map(([, state]) => state).filter((state) => configOf(state).Mode === "DISTRIBUTED");
  return brokenRules(STATE_MACHINE_RULES, { ...machine, states, maps });
}

/** The states of a machine, or of a part of one, and of what is within them. */
function statesOf(machine: unknown): readonly (readonly [name: string, state: Members])[] {
  if (!isMap(machine) || !isMap(machine.States)) return [];
  return Object.entries(machine.States).flatMap(([name, state]) => {
    if (!isMap(state)) return [];
    const branches = Array.isArray(state.Branches) ? state.Branches : [];
    return [[name, state] as const, ...[state.ItemProcessor, ...branches].flatMap(statesOf)];
  });
}

function configOf({ ItemProcessor: processor }: Members): Members {
  return isMap(processor) && isMap(processor.ProcessorConfig) ? processor.ProcessorConfig : {};
}

/** Whether a limit is left out, or is a number within limits, or a path, and not both. */
function hasOneOf(members: Members, name: string, least: number, most: number): boolean {
  const { [name]: number, [`${name}Path`]: path } = members;
  if (path !== undefined) return number === undefined && typeof path === "string" && path.startsWith("$");
  return (
    number === undefined || (Number.isFinite(number) && Number(number) >= least && Number(number) <= most)
  );
}

function isMap(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
