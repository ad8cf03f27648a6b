import { stripVTControlCharacters } from "node:util";
import type { Step } from "@promptops/registry";
import { style } from "./style.ts";

type Action = Step["action"];

const MARKS: Readonly<Record<Action, string>> = {
  publish: style.good("+"),
  gate: style.warn("~"),
  unchanged: style.dim("="),
  retire: style.warn("-"),
  refused: style.bad("!"),
};

/** How many steps of each kind. */
export function tally(steps: readonly Step[]): Readonly<Record<Action, number>> {
  const counts = { publish: 0, gate: 0, unchanged: 0, retire: 0, refused: 0 };
  for (const { action } of steps) counts[action] += 1;
  return counts;
}

/** The plan as Terraform would show it: a mark and a line for each prompt, what to know about it below. */
export function planText(steps: readonly Step[]): string {
  const counts = tally(steps);
  const gates = counts.gate === 0 ? "" : `${counts.gate} to gate otherwise, `;
  const sum =
    `${counts.publish} to publish, ${gates}${counts.unchanged} unchanged, ` +
    `${counts.retire} to retire, ${counts.refused} refused`;
  return [...steps.flatMap(stepLines), ...(steps.length > 0 ? [""] : []), `Plan: ${sum}.`].join("\n");
}

function stepLines({ action, id, version, latest, path, refusal, notes }: Step): readonly string[] {
  const ref = version === undefined ? `${id}` : `${id}#${version}`;
  const words: Readonly<Record<Action, string>> = {
    publish: latest === undefined ? "first version" : `after #${latest}`,
    gate: "other channels ask for evidence",
    unchanged: "",
    retire: `its file is gone${path === undefined ? "" : ` (${path})`}`,
    refused: refusal?.message ?? "",
  };
  const said = words[action] === "" ? "" : `  ${style.dim(words[action])}`;
  const hint = refusal?.hint === undefined ? [] : [`    ${refusal.hint}`];
  const where = action === "refused" && path !== undefined ? [`    ${style.dim(path)}`] : [];
  return [
    `${MARKS[action]} ${ref}${said}`,
    ...where,
    ...hint,
    ...notes.map((note) => `    ${style.warn("note:")} ${note}`),
  ];
}

/** The plan for a pull request: what changes, in a block of text, where nothing in it can be markup. */
export function planMarkdown(steps: readonly Step[]): string {
  const changes = stripVTControlCharacters(planText(steps.filter(({ action }) => action !== "unchanged")));
  const counts = tally(steps);
  const sum = `${counts.publish} to publish, ${counts.retire} to retire, ${counts.refused} refused`;
  const fence = "`".repeat(Math.max(3, ...[...changes.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `\n### Plan: ${sum}\n\n${fence}\n${changes}\n${fence}\n`;
}

/** A step as `--json` prints it. */
export function stepJson({ action, id, version, latest, path, refusal, notes }: Step): object {
  return { action, id, version, latest, path, refusal, notes };
}
