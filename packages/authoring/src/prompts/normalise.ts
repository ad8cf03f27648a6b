import {
  type AuthoredDates,
  type EventContent,
  formatRef,
  type JsonObject,
  type PromptDefinition,
  type Variable,
} from "@promptops/core/domain";
import type { PromptFile } from "./prompt-schema.ts";

/**
 * The definition that a file's fields mean. What means the same comes out the same: a parent is always `id#version`,
 * and a field that is absent or holds nothing is absent.
 */
export function toDefinition(file: PromptFile): PromptDefinition {
  const { id, version, owner, model, tags, parent, description, template, messages } = file;
  const metrics = filled(file.metrics);
  const variables = filled(file.variables);
  const parameters = filled(file.parameters);
  return {
    id,
    version,
    owner,
    model,
    tags,
    ...(parent !== undefined && {
      parent: typeof parent === "number" ? formatRef({ id, version: parent }) : parent,
    }),
    ...(description !== undefined && { description }),
    ...(metrics && { metrics: metrics as Readonly<Record<string, number>> }),
    ...(variables && {
      variables: Object.fromEntries(
        Object.entries(variables).map(([name, each]) => [name, toVariable(each)]),
      ),
    }),
    ...(parameters && { parameters: parameters as JsonObject }),
    ...(file.events && { events: toEvents(file.events) }),
    ...(file.output && { output: file.output as JsonObject }),
    ...(template !== undefined && { template }),
    ...(messages && { messages }),
  };
}

/** The dates that a file gives. */
export function toDates({ created, updated }: PromptFile): AuthoredDates {
  return { ...(created !== undefined && { created }), ...(updated !== undefined && { updated }) };
}

function toVariable(written: NonNullable<PromptFile["variables"]>[string]): Variable {
  return {
    type: written.type,
    required: written.default === undefined && (written.required ?? true),
    ...(written.default !== undefined && { default: written.default }),
    ...(written.description !== undefined && { description: written.description }),
  };
}

/** Sorted, since the order means nothing. */
function toEvents({ include, redact }: NonNullable<PromptFile["events"]>): EventContent {
  return {
    include: [...new Set(include)].sort(),
    ...(redact && { redact: [...new Set(redact)].sort() }),
  };
}

function filled<T extends object>(value: T | undefined): T | undefined {
  return value && Object.keys(value).length > 0 ? value : undefined;
}
