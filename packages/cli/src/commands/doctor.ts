import { examineStage, type Finding, wholeStage } from "@promptops/stage";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { UsageError } from "../usage-error.ts";
import { style } from "../words/style.ts";

const MARKS = { fine: style.good("✓"), wrong: style.bad("✗"), unknown: style.warn("?") } as const;

export async function doctor(context: Context): Promise<Outcome> {
  const found = await context.stage();
  if (found === undefined) throw new UsageError("the doctor looks at a deployed stage: say --stage <name>");
  const outputs = wholeStage(found);
  const { stage } = outputs;
  context.progress.update(`looking at ${stage}`);
  const findings = await examineStage(outputs, (done, all) =>
    context.progress.update(`looking at ${stage}: ${done} of ${all}`),
  );
  const fine = findings.every(({ state }) => state === "fine");
  return { json: { stage, fine, findings }, text: words(stage, findings), exitCode: fine ? 0 : 1 };
}

function words(stage: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ state, check, says, mend }) => [
    `${MARKS[state]} ${check.padEnd(width)}  ${says}`,
    ...(mend === undefined ? [] : [`${" ".repeat(width + 4)}${style.dim(mend)}`]),
  ]);
  return [...lines, "", verdict(stage, findings)].join("\n");
}

function verdict(stage: string, findings: readonly Finding[]): string {
  const of = (wanted: Finding["state"]) => findings.filter(({ state }) => state === wanted).length;
  const [fine, wrong, unknown] = [of("fine"), of("wrong"), of("unknown")];
  if (fine === findings.length) return `${stage} is ${style.good("well")}: ${fine} of ${fine} fine`;
  const state = wrong > 0 ? style.bad("not well") : style.warn("not known to be well");
  return `${stage} is ${state}: ${wrong} wrong, ${unknown} unknown, ${fine} fine`;
}
