import type { Row } from "@promptops/events/queries";
import { catalogue } from "@promptops/registry";
import type { Context } from "../../context.ts";
import type { Outcome } from "../../outcome.ts";
import { bar } from "../../words/charts.ts";
import { dollars, number, percent } from "../../words/figures.ts";
import { table } from "../../words/table.ts";
import { type AskOptions, answer, noEvents, numberIn, withEvents } from "./ask.ts";
import { costOfVersion } from "./cost-of-version.ts";

const BAR_WIDTH = 24;

interface Options extends AskOptions {
  readonly if?: string;
}

/** What calls of one kind came to. */
interface Spend {
  readonly by: "prompt" | "owner" | "tag";
  readonly name: string;
  readonly calls: number;
  /** Calls that ended well and whose cost nobody knows. */
  readonly unpriced: number;
  readonly cost_usd: number;
}

/** What calls cost, or would cost with another version. */
export async function cost(context: Context, options: Options): Promise<Outcome> {
  if (options.if !== undefined) return costOfVersion(context, options.if, options);
  const { since } = options;
  const { rows } = await withEvents(context, ({ runner }) => runner.ask("cost", { since }));
  const tags = rows.length === 0 ? new Map<string, readonly string[]>() : await tagsIn(context);
  const spends = [
    ...sum(rows, "prompt", ({ prompt_id: id }) => [String(id)]),
    ...sum(rows, "owner", ({ prompt_owner: owner }) => [String(owner)]),
    ...sum(rows, "tag", ({ prompt_id: id }) => tags.get(String(id)) ?? []),
  ];
  const of = (by: Spend["by"]) => spends.filter((spend) => spend.by === by);
  const total = of("prompt").reduce((all, { cost_usd: usd }) => all + usd, 0);
  const unpriced = of("prompt").reduce((all, spend) => all + spend.unpriced, 0);
  const sections = (["prompt", "owner", "tag"] as const).map((by) => section(by, of(by), total));
  const unknown = unpriced === 0 ? [] : [`The cost of ${number(unpriced)} calls is not known.`];
  return answer(options, {
    json: { since, cost_usd: total, unpriced, prompts: of("prompt"), owners: of("owner"), tags: of("tag") },
    columns: ["by", "name", "calls", "unpriced", "cost_usd"],
    rows: spends,
    text:
      rows.length === 0
        ? noEvents(options, " of calls that ended")
        : [
            ...sections.filter((text) => text !== ""),
            [`${dollars(total)} in all.`, ...unknown].join(" "),
          ].join("\n\n"),
  });
}

async function tagsIn(context: Context): Promise<ReadonlyMap<string, readonly string[]>> {
  const entries = await catalogue(await context.ledger());
  return new Map(entries.map(({ id, definition }) => [id, definition.tags]));
}

/** The rows summed by names, the dearest first; a row with several names counts for each. */
function sum(
  rows: readonly Row[],
  by: Spend["by"],
  namesOf: (row: Row) => readonly string[],
): readonly Spend[] {
  const spends = new Map<string, Spend>();
  for (const row of rows) {
    for (const name of namesOf(row)) {
      const { calls, unpriced, cost_usd: usd } = spends.get(name) ?? { calls: 0, unpriced: 0, cost_usd: 0 };
      spends.set(name, {
        by,
        name,
        calls: calls + (numberIn(row.calls) ?? 0),
        unpriced: unpriced + (numberIn(row.unpriced) ?? 0),
        cost_usd: usd + (numberIn(row.cost_usd) ?? 0),
      });
    }
  }
  return [...spends.values()].sort((a, b) => b.cost_usd - a.cost_usd || b.calls - a.calls);
}

function section(by: Spend["by"], spends: readonly Spend[], total: number): string {
  if (spends.length === 0) return "";
  const chart = process.stdout.isTTY === true;
  const rows = spends.map(({ name, calls, cost_usd: usd }) => {
    const share = total === 0 ? 0 : usd / total;
    const shown = total === 0 ? "-" : percent(share);
    return [name, number(calls), dollars(usd), shown, ...(chart ? [bar(share, BAR_WIDTH)] : [])];
  });
  return table([by.toUpperCase(), "CALLS", "COST", "SHARE", ...(chart ? [""] : [])], rows);
}
