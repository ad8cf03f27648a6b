import type { PromptDefinition } from "../domain/definition.ts";

/** What the running code has to give to a prompt. */
export interface Contract {
  /** The variables that it renders with, each time. */
  readonly variables: readonly string[];
}

/** Whether code that renders with just these variables can render this prompt: it has what is required, and nothing that is not declared. */
export function fits({ variables = {} }: PromptDefinition, expects: Contract): boolean {
  const given = new Set(expects.variables);
  return (
    expects.variables.every((name) => Object.hasOwn(variables, name)) &&
    Object.entries(variables).every(([name, { required }]) => !required || given.has(name))
  );
}
