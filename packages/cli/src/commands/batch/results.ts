import { resolve } from "node:path";
import { fetchResults } from "@promptops/batch/step-functions";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { summaryWords } from "./words.ts";

interface Options {
  readonly to: string;
  readonly format: "jsonl" | "parquet";
}

/** The output of a run on Step Functions, in the parts in which a run here has it. */
export async function jobResults(_: Context, output: string, options: Options): Promise<Outcome> {
  const summary = await fetchResults(output.replace(/\/+$/, ""), resolve(options.to), options.format);
  return { json: summary, text: summaryWords(summary) };
}
