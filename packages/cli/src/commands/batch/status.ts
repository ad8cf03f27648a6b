import { runStatus } from "@promptops/batch/step-functions";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { table } from "../../words/table.ts";

/** How far a run on Step Functions is. */
export async function jobStatus(_: Context, output: string): Promise<Outcome> {
  const { run, executionArn, status, cause, records } = await runStatus(output.replace(/\/+$/, ""));
  const counts = Object.entries(records ?? {});
  return {
    json: { run, executionArn, status, cause, records },
    text: [
      `${run.run.job}: ${status.toLowerCase()}${cause === undefined ? "" : `: ${cause}`}`,
      ...(counts.length === 0
        ? []
        : [
            table(
              counts.map(([name]) => name.toUpperCase()),
              [counts.map(([, count]) => count.toLocaleString("en"))],
            ),
          ]),
    ].join("\n"),
  };
}
