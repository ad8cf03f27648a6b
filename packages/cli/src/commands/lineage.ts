import { formatRef } from "@promptops/core/domain";
import { readHead } from "@promptops/core/ledger";
import { familyOf, type Kin, lineageOf } from "@promptops/registry";
import type { Context } from "../context.ts";
import { completeRef } from "../ids.ts";
import type { Outcome } from "../outcome.ts";
import { shortHash } from "../words/events.ts";
import { style } from "../words/style.ts";

export async function lineage(context: Context, typed: string): Promise<Outcome> {
  const ledger = await context.ledger();
  const { id, version } = await completeRef(context, typed);
  const roots =
    version === undefined ? await familyOf(ledger, id) : [await lineageOf(ledger, { id, version })];
  const asked = version ?? (await readHead(ledger, id))?.state.latest?.version;
  const marked = asked === undefined ? "" : formatRef({ id, version: asked });
  return { json: roots, text: roots.flatMap((root) => draw(root, marked)).join("\n") };
}

/** The tree with the version that was asked for (or the latest) marked. */
function draw(kin: Kin, marked: string): readonly string[] {
  const below = kin.children.flatMap((child, at) => {
    const last = at === kin.children.length - 1;
    const [first = "", ...rest] = draw(child, marked);
    return [`${last ? "└─" : "├─"} ${first}`, ...rest.map((line) => `${last ? "  " : "│ "} ${line}`)];
  });
  return [describe(kin, marked), ...below];
}

function describe({ ref, published, owner, at, commit, evaluation, includes }: Kin, marked: string): string {
  if (!published) return `${ref} ${style.warn("(not published)")}`;
  const about = [
    owner,
    at?.slice(0, 10),
    ...(commit === undefined ? [] : [shortHash(commit)]),
    ...(evaluation === undefined ? [] : [accuracyWords(evaluation)]),
    ...(includes === undefined ? [] : [`includes ${includes.join(", ")}`]),
  ];
  const name = ref === marked ? style.strong(`${ref} *`) : ref;
  return `${name}  ${style.dim(about.join("  "))}`;
}

function accuracyWords({ pass, accuracy }: NonNullable<Kin["evaluation"]>): string {
  return `${(accuracy * 100).toFixed(1)} %${pass ? "" : " (failed its gate)"}`;
}
