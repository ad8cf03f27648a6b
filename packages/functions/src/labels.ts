import type { Prompt } from "@promptops/core";

/** A label in a prompt: a list item that begins with one word. */
const LABEL = /^\s*-\s+([a-z_]+)\b/gm;

/** The labels that a prompt offers, in its order: the items of its lists. */
export function labelsOf(prompt: Prompt): readonly string[] {
  const { text, messages } = prompt.render();
  const written = text ?? messages.map(({ content }) => content).join("\n");
  return [...written.matchAll(LABEL)].map(([, label = ""]) => label);
}
