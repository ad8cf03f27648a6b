import type { PromptDefinition } from "@promptops/core/domain";
import { style } from "./style.ts";

type Field = Exclude<keyof PromptDefinition, "id" | "version" | "template" | "messages">;

/** The fields of a definition in the order in which people read them; a type error here means one is forgotten. */
const FIELDS: Readonly<Record<Field, true>> = {
  description: true,
  owner: true,
  model: true,
  parent: true,
  includes: true,
  tags: true,
  metrics: true,
  variables: true,
  parameters: true,
  output: true,
  events: true,
};

/** Each field with its value as text, those that are absent left out. The body (template or messages) is not among them. */
export function fieldsOf(definition: PromptDefinition): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const name of Object.keys(FIELDS) as Field[]) {
    const value = definition[name];
    if (value !== undefined) fields.set(name, typeof value === "string" ? value : inline(value));
  }
  return fields;
}

export function fieldLines(definition: PromptDefinition): readonly string[] {
  return [...fieldsOf(definition)].map(([name, value]) => `${style.dim(`${name}:`)} ${value}`);
}

/** The template, or the messages with their roles. */
export function bodyText({
  template,
  messages = [],
}: Pick<PromptDefinition, "template" | "messages">): string {
  return template ?? messages.map(({ role, content }) => `[${role}]\n${content.trimEnd()}\n`).join("\n");
}

function inline(value: object): string {
  if (Array.isArray(value)) return value.join(", ");
  return Object.entries(value)
    .map(([name, member]) => `${name} ${typeof member === "object" ? JSON.stringify(member) : member}`)
    .join(", ");
}
