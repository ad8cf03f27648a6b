import { writeFileSync } from "node:fs";
import { plan as planSync } from "@promptops/registry";
import { readCandidates, readPlanOptions } from "../candidates.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { planMarkdown, planText, stepJson, tally } from "../words/plan.ts";

const CHANGES = 10;

export async function plan(
  context: Context,
  options: { readonly exitCode?: boolean; readonly markdown?: string },
): Promise<Outcome> {
  const candidates = await readCandidates(context);
  const steps = await planSync(await context.ledger(), candidates, {
    ...(await readPlanOptions(context.root())),
    onCompared: ({ done, of }) => context.progress.update(`${done} of ${of} compared`),
  });
  const counts = tally(steps);
  if (options.markdown !== undefined) writeFileSync(options.markdown, planMarkdown(steps));
  const changes = counts.publish + counts.gate + counts.retire > 0;
  return {
    json: { ...counts, steps: steps.map(stepJson) },
    text: planText(steps),
    exitCode: counts.refused > 0 ? 1 : options.exitCode && changes ? CHANGES : 0,
  };
}
