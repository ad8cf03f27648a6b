import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Bench, interleave } from "./measure.ts";

const run = promisify(execFile);

const FILES = 10_000;
const ROUNDS = 5;
const CONTENDERS = { "read and yaml.parse": "parse", "loadPrompts, every check": "validate" };

/**
 * Validating 10,000 prompt files against reading and parsing the same files alone: time, and the most memory that the
 * process held. Each measurement is a process of its own; starting it is not part of the time.
 */
export const bench: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), "promptops-bench-"));
  try {
    await writePrompts(folder);
    const measuring = (figure: "time" | "memory", unit: string, rounds: number) =>
      interleave(
        Object.fromEntries(
          Object.entries(CONTENDERS).map(([name, contender]) => [
            `${FILES.toLocaleString("en")} files, ${name}, ${figure === "time" ? "time" : "peak memory"}`,
            async () => (await measure(contender, folder))[figure],
          ]),
        ),
        rounds,
        unit,
      );
    return [...(await measuring("time", "ms", ROUNDS)), ...(await measuring("memory", "MB", 1))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Measured {
  readonly files: number;
  readonly time: number;
  readonly memory: number;
}

async function measure(contender: string, folder: string): Promise<Measured> {
  const program = fileURLToPath(import.meta.resolve("./validate.process.ts"));
  const { stdout } = await run(process.execPath, [program, contender, folder]);
  const measured = JSON.parse(stdout) as Measured;
  if (measured.files !== FILES) throw new Error(`${contender} took ${measured.files} of ${FILES} files`);
  return measured;
}

/** Files of the size and make that teams have: a page of text, some with variables, settings and a schema. */
async function writePrompts(folder: string): Promise<void> {
  for (let index = 0; index < FILES; index += 1) {
    const file = join(folder, `prompts/team_${index % 100}/prompt_${index}.yaml`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, promptFile(index));
  }
}

function promptFile(index: number): string {
  const rich = index % 3 === 0;
  return [
    `id: team-${index % 100}.prompt-${index}`,
    "version: 2",
    `owner: team-${index % 100}`,
    "model: claude-3-5-sonnet",
    "parent: 1",
    "tags:",
    "  - classification",
    "  - customer-support",
    "metrics:",
    "  baseline_accuracy: 0.94",
    "  cost_per_call_usd: 0.003",
    ...(rich ? RICH_FIELDS : []),
    "template: |",
    `  You are assistant number ${index} of a customer support team.`,
    "  Given the user message and the previous conversation context,",
    "  classify the intent into exactly one of:",
    ...["billing", "technical", "sales", "retention", "other"].map(
      (label) => `  - ${label.padEnd(12)} (questions about ${label}, such as those that customers ask)`,
    ),
    "  Respond with only the single category label, lowercase, no",
    "  punctuation or explanation.",
    ...(rich ? ["", "  The customer {{customer_name}} writes:", "  {{message}}"] : []),
    "created: 2026-04-15",
    "updated: 2026-05-01",
    "",
  ].join("\n");
}

const RICH_FIELDS = [
  "variables:",
  "  customer_name: {type: string, default: customer}",
  "  message:",
  "    type: string",
  "    description: What the customer wrote last",
  "parameters:",
  "  temperature: 0.2",
  "  max_tokens: 400",
  "output:",
  "  type: object",
  "  required: [label]",
  "  properties:",
  "    label: {type: string, enum: [billing, technical, sales, retention, other]}",
];
