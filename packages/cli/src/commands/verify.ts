import { verify as verifyLedger } from "@promptops/registry";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { count } from "../words/count.ts";
import { style } from "../words/style.ts";

export async function verify(context: Context, ids: readonly string[]): Promise<Outcome> {
  let checked = 0;
  const onPrompt = () => {
    checked += 1;
    context.progress.update(`${count(checked, "prompt")} verified`);
  };
  const found = await verifyLedger(await context.ledger(), ids.length > 0 ? ids : undefined, onPrompt);
  const { prompts, events, versions, misfits } = found;
  const extent = [count(prompts, "prompt"), count(events, "event"), count(versions, "version")].join(", ");
  const lines = misfits.map(({ pk, sk, problem }) => `${style.bad("!")} ${pk} ${sk}: ${problem}`);
  return {
    json: found,
    text:
      misfits.length === 0
        ? `${style.good("verified")}: ${extent}, each as it was written`
        : [
            ...lines,
            `${style.bad("failed")}: ${misfits.length} of ${extent} checked do not fit; the first of each chain is shown`,
          ].join("\n"),
    exitCode: misfits.length === 0 ? 0 : 1,
  };
}
