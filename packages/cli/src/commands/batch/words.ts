import type { DryRun, RunProgress, RunSummary, StopReason } from "@promptops/batch/runner";
import { count } from "../../words/count.ts";
import { dollars, duration } from "../../words/figures.ts";
import { style } from "../../words/style.ts";

/** Why a run stopped, and how it goes on. */
const STOPPED: Readonly<Record<StopReason, string>> = {
  interrupted: "stopped: the same command goes on from here",
  failures:
    "stopped: more records failed than --max-failures lets; the same command with more goes on from here",
  cost: "stopped: --max-cost leaves nothing for another record; the same command with more goes on from here",
};

export function progressWords(progress: Readonly<RunProgress>, elapsedMs: number): string {
  const { records, failed, recordsNow, costUsd, share } = progress;
  const rate = recordsNow / (elapsedMs / 1000);
  const left = share > 0 ? (elapsedMs / 1000) * (1 / share - 1) : Number.NaN;
  return [
    `${count(records, "record")}, ${Math.floor(share * 100)} % of the input`,
    `${rate.toLocaleString("en", { maximumSignificantDigits: 3 })}/s`,
    `${failed.toLocaleString("en")} failed`,
    dollars(costUsd),
    ...(Number.isFinite(left) ? [`${duration(left * 1_000)} left`] : []),
  ].join(" · ");
}

/** How a run ended, or why it has not. */
export function summaryWords(summary: RunSummary): string {
  const { job, prompts, records, failed, costUsd, inputTokens, outputTokens, output, parts, stopped } =
    summary;
  const versions = prompts.map(({ id, version }) => `${id}#${version}`).join(", ");
  const lines = [
    `${job} with ${versions}: ${count(records, "record")} done, ${failed === 0 ? "none failed" : style.bad(`${failed.toLocaleString("en")} failed`)}`,
    `${(inputTokens + outputTokens).toLocaleString("en")} tokens, ${dollars(costUsd)}`,
  ];
  if (stopped !== undefined) return [...lines, style.warn(STOPPED[stopped])].join("\n");
  const [first, ...others] = parts ?? [];
  const last = others.at(-1);
  const names =
    first === undefined
      ? "no parts: there were no records"
      : last === undefined
        ? first
        : `${first} to ${last}`;
  return [...lines, `${output}: ${names}`].join("\n");
}

export function dryRunWords(job: string, plan: DryRun): string {
  const { prompts, records, malformed, batches, inputTokens, outputTokens, costUsd, estimate } = plan;
  return [
    `${job} with ${prompts.map(({ id, version }) => `${id}#${version}`).join(", ")} would process ${count(records, "record")} in ${batches === 1 ? "1 batch" : `${batches.toLocaleString("en")} batches`}`,
    ...(malformed > 0 ? [style.bad(`${count(malformed, "record")} would fail: not what the job takes`)] : []),
    `about ${inputTokens.toLocaleString("en")} tokens in and ${outputTokens.toLocaleString("en")} out: ${costUsd === null ? "its model has no price" : dollars(costUsd)}`,
    style.dim(estimate),
  ].join("\n");
}
