import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { style } from "../words/style.ts";
import { startHandler } from "./handler.ts";

/** The life of a prompt, from a file in git to a program's hands and back, each step with the command a user would type. */

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));
const CLI = fileURLToPath(new URL("../../bin/promptops.js", import.meta.url));
const CLASSIFIER = "prompts/customer_support/intent_classifier.yaml";
const ID = "customer-support.intent-classifier";
const SAMPLE_JOB = new URL("../../../functions/src/jobs/classify-messages.job.ts", import.meta.url).pathname;
const CANCELLING = "I want to cancel my subscription";
/** Short, so that nobody waits for the rollback to be seen. */
const TTL_MS = 1_000;

const folder = join(REPOSITORY, ".promptops", "demo");

async function main(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say(
    `Everything happens in ${relative(process.cwd(), folder) || "."}, on an embedded DynamoDB-compatible engine.`,
  );

  step(
    "A repository with prompt files: version 1 of a classifier in an older commit, version 2 and others in the newest",
  );
  await git("init", "--quiet", "--initial-branch", "main");
  writeClassifier(firstVersion());
  await commit("Add the intent classifier", "2026-04-15T09:00:00Z");
  cpSync(join(REPOSITORY, "prompts"), join(folder, "prompts"), { recursive: true });
  await commit("Sharpen the intent classifier, add other prompts", "2026-05-01T14:30:00Z");
  await shell("git", ["log", "--oneline"]);

  step("Check every file");
  await promptops("validate");

  step("What would a sync do?");
  await promptops("plan");

  step(
    "Publish what git history has, oldest first, so that lineage starts complete; a sync then has nothing left to do",
  );
  await promptops("backfill");
  await promptops("sync");
  await promptops("list");

  step(
    "A Lambda-style handler asks for the live prompt (a keyword stand-in plays the model; no model is called)",
  );
  const handler = startHandler(CLI, folder, TTL_MS);
  try {
    await handler.ask("I was charged twice, please refund me");
    await handler.ask(CANCELLING);

    step("Someone publishes version 3, which drops a label");
    writeClassifier(thirdVersion());
    await commit("Simplify the intent classifier", "2026-05-20T16:45:00Z");
    await promptops("plan");
    await promptops("sync");
    await promptops("diff", `${ID}#2`, `${ID}#3`);

    step(`Within its TTL (here ${TTL_MS} ms) the same running handler serves version 3, and gets it wrong`);
    await setTimeout(TTL_MS);
    await handler.ask(CANCELLING);
    const before = new Date().toISOString();

    step("Roll back");
    await setTimeout(10);
    await promptops("rollback", ID, "--reason", "cancellations are no longer recognised");
    await setTimeout(TTL_MS);
    await handler.ask(CANCELLING);

    step("What did it serve before, what does it serve now, and who decided?");
    await promptops("resolve", ID, "--at", before);
    await promptops("resolve", ID);
  } finally {
    await handler.stop();
  }
  await promptops("lineage", ID);
  await promptops("log", ID);

  step("A batch job runs the same prompt over a file: every record with the version that the run began with");
  writeFileSync(join(folder, "messages.csv"), manyMessages());
  mkdirSync(join(folder, "jobs"));
  writeFileSync(join(folder, "jobs/classify-messages.job.ts"), `export { default } from "${SAMPLE_JOB}";\n`);
  await promptops("batch", "list");
  await promptops("batch", "run", "classify-messages", "--input", "messages.csv", "--output", "classified");
  await shell("head", ["-n", "3", "classified/part-00001.jsonl"]);

  step("Is the ledger what was written, event by event?");
  await promptops("verify");

  step(
    "Each call was logged as a line. How did the versions do, what is served right now, and since when not version 3?",
  );
  await promptops("events", "stats", ID);
  await promptops("events", "versions");
  await promptops("events", "tail");
  await promptops(
    "events",
    "query",
    "SELECT prompt_version, label, COUNT(*) AS calls FROM events WHERE event = 'prompt_completed' GROUP BY 1, 2 ORDER BY 1, 2",
  );

  say(
    [
      "",
      style.strong("Next, in this repository:"),
      "  npx promptops plan                  what would be published from prompts/",
      "  npx promptops sync                  publish it to a ledger in .promptops/",
      `  npx promptops show ${ID}`,
      "  edit a file under prompts/, raise its version, and run validate, plan and sync again",
    ].join("\n"),
  );
}

/** Three hundred messages of one kind or another. */
function manyMessages(): string {
  const openings = ["Hello", "Good morning", "Please help", "Quick question", "Hi team"];
  const matters = [
    "the invoice for order {n} is wrong",
    "the app shows error {n}",
    "what is the price for {n} seats",
    "cancel my subscription {n}",
    "when do you open on day {n}",
    "refund payment {n}",
  ];
  const lines = Array.from({ length: 300 }, (_, at) => {
    const matter = matters[at % matters.length]?.replace("{n}", String(at + 1));
    return `"${openings[at % openings.length]}: ${matter}"`;
  });
  return `text\n${lines.join("\n")}\n`;
}

function firstVersion(): string {
  return repositoryClassifier()
    .replace("version: 2\n", "version: 1\n")
    .replace("parent: 1\n", "")
    .replace("baseline_accuracy: 0.94", "baseline_accuracy: 0.88")
    .replace("  Given the user message and the previous conversation context,\n  classify", "  Classify")
    .replace("updated: 2026-05-01\n", "updated: 2026-04-15\n");
}

function thirdVersion(): string {
  return repositoryClassifier()
    .replace("version: 2\n", "version: 3\n")
    .replace("parent: 1\n", "parent: 2\n")
    .replace(/^ {2}- retention .*\n/m, "")
    .replace("updated: 2026-05-01\n", "updated: 2026-05-20\n");
}

function repositoryClassifier(): string {
  return readFileSync(join(REPOSITORY, CLASSIFIER), "utf8");
}

function writeClassifier(text: string): void {
  const file = join(folder, CLASSIFIER);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

async function commit(message: string, date: string): Promise<void> {
  const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  await git("add", "--all", "prompts");
  await git("commit", "--quiet", "--message", message, { env });
}

async function git(...args: (string | { env: Record<string, string> })[]): Promise<void> {
  const last = args.at(-1);
  const env = typeof last === "object" ? last.env : {};
  const identity = ["-c", "user.name=Demo Author", "-c", "user.email=author@example.com"];
  await run("git", [...identity, ...args.filter((arg) => typeof arg === "string")], env);
}

async function promptops(...args: string[]): Promise<void> {
  await shell("promptops", args);
}

/** Shows the command as a user would type it, then runs it. */
async function shell(program: "git" | "head" | "promptops", args: readonly string[]): Promise<void> {
  const typed = args.map((arg) => (/^[\w./:#@=-]+$/.test(arg) ? arg : `"${arg}"`)).join(" ");
  say(style.strong(`\n$ ${program === "promptops" ? "npx promptops" : program} ${typed}`));
  if (program === "promptops") await run(process.execPath, [CLI, ...args]);
  else await run(program, program === "git" ? ["--no-pager", ...args] : args);
}

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const child = spawn(program, args, { cwd: folder, stdio: "inherit", env: { ...process.env, ...env } });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
}

function step(words: string): void {
  say(`\n${style.dim("──")} ${words}`);
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

await main();
