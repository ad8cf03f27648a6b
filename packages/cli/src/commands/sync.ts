import { sync as syncLedger } from "@promptops/registry";
import { readCandidates, readPlanOptions } from "../candidates.ts";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { appendedLine, eventJson } from "../words/events.ts";
import { planText, stepJson, tally } from "../words/plan.ts";
import { style } from "../words/style.ts";

export async function sync(context: Context): Promise<Outcome> {
  const candidates = await readCandidates(context);
  const { steps, events } = await syncLedger(await context.ledger(), candidates, await context.intent(), {
    ...(await readPlanOptions(context.root())),
    onCompared: ({ done, of }) => context.progress.update(`${done} of ${of} compared`),
    onAppended: (_, { done, of }) => context.progress.update(`${done} of ${of} appended`),
  });
  const refused = tally(steps).refused > 0;
  const noted = steps.flatMap(({ id, notes }) =>
    notes.map((note) => `${style.warn("note:")} ${id}: ${note}`),
  );
  const summary =
    events.length === 0 ? "Nothing to do: the ledger has it all." : `${events.length} appended.`;
  return {
    json: { steps: steps.map(stepJson), events: events.map(eventJson) },
    text: refused
      ? `${planText(steps)}\nNothing was appended. Mend what is refused, then run it again.`
      : [...events.map(appendedLine), ...noted, summary].join("\n"),
    exitCode: refused ? 1 : 0,
  };
}
