import { type Binder, binder, type Values } from "./bind-variables.ts";
import type { Message, PromptDefinition } from "./definition.ts";
import { formatRef } from "./ref.ts";
import { compileText } from "./template.ts";

/** What a model would get: one text, or a list of messages, as the prompt was written. */
export type Rendered =
  | { readonly text: string; readonly messages?: never }
  | { readonly messages: readonly Message[]; readonly text?: never };

/** A prompt that is ready to be filled in. */
export type Renderer = (values?: Values) => Rendered;

/**
 * Prepares a prompt for rendering: its templates are cut once, and what is kept of them are slices of their text.
 *
 * @returns a function that throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`,
 *   naming prompt and variable.
 * @throws UserError `unexpanded-include` when the definition is that of a file whose includes have not been put in.
 */
export function compile(definition: PromptDefinition): Renderer {
  const ref = formatRef(definition);
  const declared = definition.variables ?? {};
  const bind: Binder = binder(ref, declared);
  const names = Object.keys(declared);
  if (definition.messages === undefined) {
    const fill = compileText(ref, definition.template ?? "", names);
    return (values = NONE) => ({ text: fill(bind(values)) });
  }
  const messages = definition.messages.map(({ role, content }) => ({
    role,
    fill: compileText(ref, content, names),
  }));
  return (values = NONE) => {
    const bound = bind(values);
    return { messages: messages.map(({ role, fill }) => ({ role, content: fill(bound) })) };
  };
}

const NONE: Values = {};

/**
 * Renders a prompt with values for its variables, once. Who renders it again keeps what {@link compile} gives.
 *
 * @throws UserError as {@link compile} and its renderer do.
 */
export function render(definition: PromptDefinition, values?: Values): Rendered {
  return compile(definition)(values);
}
