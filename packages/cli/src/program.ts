import { Command, InvalidArgumentError, Option } from "commander";
import type { Context } from "./context.ts";
import type { Outcome } from "./outcome.ts";

/** A command's function: the context, the positional arguments, then the options. */
type Handler = (context: Context, ...args: never[]) => Promise<Outcome>;

/** Runs a command; its module, and all that it needs, is loaded only then. */
export type Run = (load: () => Promise<Handler>) => (...args: unknown[]) => Promise<void>;

const STAGE = "of this deployed stage, whatever the environment says";

/** The whole command line in one place. What a command does is in the file of its name in `commands/`. */
export function createProgram(run: Run): Command {
  const program = new Command("promptops")
    .description(
      "Prompts as governed data: from YAML files in git to a verified prompt in a program's hands.",
    )
    .version("0.1.0")
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride();
  const add = (usage: string, summary: string, parent = program) =>
    parent
      .command(usage)
      .description(summary)
      .option("--stage <name>", STAGE)
      .option("--json", "print JSON")
      .exitOverride();

  add("validate [path...]", "check prompts and suites: every problem of every file, with line and column")
    .option("--base <ref>", "check versions and parents against this git ref too")
    .addOption(
      new Option("--format <format>", "how to print problems")
        .choices(["text", "json", "github"])
        .default("text"),
    )
    .action(run(async () => (await import("./commands/validate.ts")).validate));
  add("plan", "show what a sync would do")
    .option("--markdown <file>", "write it for a pull request")
    .option("--exit-code", "exit with 10 when there are changes")
    .action(run(async () => (await import("./commands/plan.ts")).plan));
  add("sync", "publish new versions, retire prompts whose files are gone").action(
    run(async () => (await import("./commands/sync.ts")).sync),
  );
  add("backfill", "publish the older versions that git history has, oldest first").action(
    run(async () => (await import("./commands/backfill.ts")).backfill),
  );

  add(
    "eval [id...]",
    "run the evaluation suites of these prompts, or all; answers are replayed from recordings",
  )
    .option("--record", "call the models and keep their answers under evals/recordings")
    .option("--live", "call the models and keep nothing")
    .option("--append", "append the outcomes to the ledger, as evidence")
    .option("--max-cost <usd>", "stop before spending more than this", dollars)
    .option("--markdown <file>", "write a summary for a pull request")
    .option("--junit <file>", "write a JUnit report")
    .action(run(async () => (await import("./commands/eval.ts")).evaluatePrompts));

  add("list", "list the prompts")
    .option("--owner <name>", "only this owner's")
    .option("--tag <tag>", "only those with this tag")
    .option("--model <name>", "only those for this model")
    .option("--search <text>", "only those with this text in id, description, tags or template")
    .action(run(async () => (await import("./commands/list.ts")).list));
  add("show <ref>", "show one prompt whole: <id>, or <id>#<version>")
    .option("--channel <name>", "what this channel serves", "live")
    .action(run(async () => (await import("./commands/show.ts")).show));
  add("render <ref>", "print the text a model would get")
    .option("--var <name=value>", "the value of a variable, once for each", collect, [])
    .option("--channel <name>", "what this channel serves", "live")
    .action(run(async () => (await import("./commands/render.ts")).render));
  add("diff <ref> <ref>", "compare two versions, or a version and a prompt file").action(
    run(async () => (await import("./commands/diff.ts")).diff),
  );
  add("log [id]", "list a prompt's events, newest first; without an id those of all prompts")
    .option("--month <YYYY-MM>", "without an id: this month's (default: the current one)")
    .option("--commit <hash>", "without an id: what this commit published")
    .action(run(async () => (await import("./commands/log.ts")).log));
  add("lineage <ref>", "draw ancestors and descendants, forks included").action(
    run(async () => (await import("./commands/lineage.ts")).lineage),
  );
  add("resolve <id>", "tell which version a channel serves, and the event that made it so")
    .option("--channel <name>", "the channel", "live")
    .option("--at <time>", "at this time instead of now (ISO 8601, UTC unless it says otherwise)", moment)
    .action(run(async () => (await import("./commands/resolve.ts")).resolve));

  add("pin <ref>", "make a channel serve <id>#<version>")
    .requiredOption("--reason <text>", "why, for the ledger")
    .option("--channel <name>", "the channel", "live")
    .option("--expect-seq <n>", "refuse unless this is the sequence number of the newest event", sequence)
    .option("--force", "although the channel asks for evidence and there is none")
    .action(run(async () => (await import("./commands/pin.ts")).pin));
  add("unpin <id>", "let a channel follow the latest version again")
    .option("--reason <text>", "why, for the ledger")
    .option("--channel <name>", "the channel", "live")
    .option("--expect-seq <n>", "refuse unless this is the sequence number of the newest event", sequence)
    .action(run(async () => (await import("./commands/pin.ts")).unpin));
  add("rollback <id>", "pin what a channel served before")
    .requiredOption("--reason <text>", "why, for the ledger")
    .option("--channel <name>", "the channel", "live")
    .option("--expect-seq <n>", "refuse unless this is the sequence number of the newest event", sequence)
    .action(run(async () => (await import("./commands/pin.ts")).rollback));
  add("retire <id>", "stop serving a prompt; exact versions stay readable")
    .requiredOption("--reason <text>", "why, for the ledger")
    .option("--force", "although a channel pins it")
    .action(run(async () => (await import("./commands/retire.ts")).retire));
  add("restore <id>", "serve a retired prompt again")
    .option("--reason <text>", "why, for the ledger")
    .action(run(async () => (await import("./commands/retire.ts")).restore));

  add("snapshot [id...]", "write what these prompts, or all, serve into a file that programs fall back to")
    .requiredOption("--output <file>", "the file")
    .action(run(async () => (await import("./commands/snapshot.ts")).snapshot));
  add("verify [id...]", "replay every chain and check every hash").action(
    run(async () => (await import("./commands/verify.ts")).verify),
  );
  add("doctor", "look at a deployed stage from outside, and say what to mend").action(
    run(async () => (await import("./commands/doctor.ts")).doctor),
  );
  add("invoke <function>", "run a function once as Lambda would, on this ledger")
    .requiredOption("--event <file>", "the event, JSON; - for stdin")
    .action(run(async () => (await import("./commands/invoke.ts")).invoke));
  const events = program
    .command("events")
    .description("answer questions about the calls of prompts, from the lines that programs logged")
    .exitOverride();
  const ask = (usage: string, summary: string) =>
    add(usage, summary, events)
      .addOption(
        new Option("--since <time>", "of events since this time (ISO 8601), or for so long: 30m, 24h, 7d")
          .argParser(since)
          .default(since("7d"), "7d"),
      )
      .option("--csv", "print CSV");
  ask("stats [id]", "calls, failures, latency, tokens and cost, by version and by day").action(
    run(async () => (await import("./commands/events/stats.ts")).stats),
  );
  ask("compare <ref> <ref>", "two versions side by side, with 95 % intervals").action(
    run(async () => (await import("./commands/events/compare.ts")).compare),
  );
  ask("versions", "which service was given which version last, and who lags behind a pin").action(
    run(async () => (await import("./commands/events/versions.ts")).versions),
  );
  ask("cost", "what calls cost, by prompt, owner and tag")
    .option("--if <ref>", "what this version would cost at the traffic seen")
    .action(run(async () => (await import("./commands/events/cost.ts")).cost));
  ask("tail", "the newest events")
    .option("--follow", "go on with those that come, until Ctrl-C")
    .action(run(async () => (await import("./commands/events/tail.ts")).tail));
  ask("query <select>", "one SELECT over the table events").action(
    run(async () => (await import("./commands/events/query.ts")).query),
  );
  const batch = program
    .command("batch")
    .description("run jobs: a function of a record, over all records of a file")
    .exitOverride();
  const job = (usage: string, summary: string) => add(usage, summary, batch);
  batch
    .command("list")
    .description("list this project's jobs: the files *.job.ts, *.job.js and *.job.mjs")
    .option("--json", "print JSON")
    .exitOverride()
    .action(run(async () => (await import("./commands/batch/list.ts")).listJobs));
  job("run <job>", "run a job on this machine, or go on with a run that was stopped or killed")
    .requiredOption("--input <files>", "a file, a glob or s3://bucket/key: CSV, JSONL, Parquet")
    .requiredOption("--output <folder>", "a folder or s3://bucket/prefix")
    .addOption(
      new Option("--format <format>", "of the output").choices(["jsonl", "parquet"]).default("jsonl"),
    )
    .option("--channel <name>", "take the versions that this channel serves as the run begins", "live")
    .option("--concurrency <n>", "records under way at once", whole, 8)
    .option("--batch-size <n>", "records that are saved together", whole, 1000)
    .option("--rpm <n>", "at most so many requests in a minute", whole)
    .option("--tpm <n>", "at most so many tokens in a minute", whole)
    .option("--max-failures <n|n%>", "stop when more records than this fail", tolerance, { percent: 5 })
    .option("--max-cost <usd>", "stop before spending more than this", dollars)
    .option("--limit <n>", "only the first n records", whole)
    .addOption(
      new Option("--sample <n>", "only n records, spread over the input, always the same")
        .argParser(whole)
        .conflicts("limit"),
    )
    .option("--dry-run", "call nothing; check the records and estimate what the run would cost")
    .addOption(
      new Option("--engine <engine>", "what makes the calls")
        .choices(["process", "bedrock-batch"])
        .default("process"),
    )
    .option(
      "--exchange <prefix>",
      "with bedrock-batch: s3://bucket/prefix for what Bedrock reads and writes, by default in the stage's bucket",
    )
    .option(
      "--role <arn>",
      "with bedrock-batch: the role that Bedrock takes to do so, by default the stage's",
    )
    .option("--as-worker", "process batches in the worker as it is deployed, built from its sources")
    .action(run(async () => (await import("./commands/batch/run.ts")).runJob));
  job("start <job>", "start a run on Step Functions, or the same one again")
    .requiredOption(
      "--input <file>",
      "s3://bucket/key: CSV, JSONL, Parquet or the manifest of an S3 inventory",
    )
    .requiredOption("--output <prefix>", "s3://bucket/prefix")
    .option(
      "--state-machine <arn>",
      "what runs it, by default the stage's, or that of PROMPTOPS_BATCH_STATE_MACHINE",
    )
    .option("--channel <name>", "take the versions that this channel serves now", "live")
    .option("--workers <n>", "workers at once", whole, 100)
    .option("--concurrency <n>", "records under way at once in each worker", whole, 8)
    .option("--batch-size <n>", "the most records of a batch", whole, 100)
    .option("--max-failures <n|n%>", "fail when more records than this are in failed batches", tolerance, {
      percent: 5,
    })
    .action(run(async () => (await import("./commands/batch/start.ts")).startJob));
  job("status <output>", "tell how far a run on Step Functions is").action(
    run(async () => (await import("./commands/batch/status.ts")).jobStatus),
  );
  job("results <output>", "bring the output of a run on Step Functions here")
    .requiredOption("--to <folder>", "a folder that is empty or not there")
    .addOption(
      new Option("--format <format>", "of the output").choices(["jsonl", "parquet"]).default("jsonl"),
    )
    .action(run(async () => (await import("./commands/batch/results.ts")).jobResults));
  program
    .command("exec <command...>")
    .description("run a program that reads this ledger: promptops exec -- node app.js")
    .option("--stage <name>", STAGE)
    .passThroughOptions()
    .exitOverride()
    .action(run(async () => (await import("./commands/exec.ts")).exec));
  return program;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function sequence(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
  return Number(text);
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
  return Number(text);
}

function tolerance(text: string): { readonly count: number } | { readonly percent: number } {
  if (/^\d+(\.\d+)?%$/.test(text)) return { percent: Number.parseFloat(text) };
  if (/^\d+$/.test(text)) return { count: Number(text) };
  throw new InvalidArgumentError("Expected a number of records, such as 20, or a share, such as 5%.");
}

function dollars(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError("Expected US dollars, such as 2.50.");
  return Number(text);
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function since(text: string): Date {
  const [, amount, unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  return amount === undefined ? moment(text) : new Date(Date.now() - Number(amount) * (UNIT_MS[unit] ?? 0));
}

/** A time without a zone is UTC, as all times that are printed. */
function moment(text: string): Date {
  const zoned = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`;
  const date = new Date(zoned);
  if (Number.isNaN(date.getTime())) {
    throw new InvalidArgumentError("Expected a time such as 2026-05-01T14:30:00Z or 2026-05-01.");
  }
  return date;
}
