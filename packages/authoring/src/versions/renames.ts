import type { PromptDefinition } from "@promptops/core/domain";

/** How many of their lines two texts must share to be taken for one that was moved. */
const ALIKE = 0.6;

/**
 * Which of the prompts that are gone each new prompt seems to be: the one that shares most lines of its text, if it
 * shares most of them at all. None is taken for two.
 */
export function renamesAmong(
  added: readonly PromptDefinition[],
  gone: readonly PromptDefinition[],
): ReadonlyMap<PromptDefinition, PromptDefinition> {
  const goneByLine = new Map<string, PromptDefinition[]>();
  const lineCounts = new Map<PromptDefinition, number>();
  for (const each of gone) {
    const lines = linesOf(each);
    lineCounts.set(each, lines.size);
    for (const line of lines) {
      const holders = goneByLine.get(line) ?? [];
      holders.push(each);
      goneByLine.set(line, holders);
    }
  }
  const renames = new Map<PromptDefinition, PromptDefinition>();
  const taken = new Set<PromptDefinition>();
  for (const each of added) {
    const lines = linesOf(each);
    const shared = new Map<PromptDefinition, number>();
    for (const other of [...lines].flatMap((line) => goneByLine.get(line) ?? [])) {
      shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    let most = ALIKE;
    let former: PromptDefinition | undefined;
    for (const [other, count] of shared) {
      const share = (2 * count) / (lines.size + (lineCounts.get(other) ?? 0));
      if (share < most || taken.has(other)) continue;
      most = share;
      former = other;
    }
    if (former === undefined) continue;
    taken.add(former);
    renames.set(each, former);
  }
  return renames;
}

function linesOf({ template, messages = [] }: PromptDefinition): ReadonlySet<string> {
  const texts = template === undefined ? messages.map(({ content }) => content) : [template];
  const lines = texts.flatMap((text) => text.split("\n")).map((line) => line.trim());
  return new Set(lines.filter((line) => line !== ""));
}
