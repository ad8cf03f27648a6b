import { bindVariables, type Values } from "./bind-variables.ts";
import type { Message, PromptDefinition } from "./definition.ts";
import { formatRef } from "./ref.ts";
import { parseTemplate, renderParts } from "./template.ts";

/** What a model would get: one text, or a list of messages, as the prompt was written. */
export type Rendered =
  | { readonly text: string; readonly messages?: never }
  | { readonly messages: readonly Message[]; readonly text?: never };

/**
 * Renders a prompt with values for its variables.
 *
 * @throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`, naming prompt and variable;
 *   `unexpanded-include` when the definition is that of a file whose includes have not been put in.
 */
export function render(definition: PromptDefinition, values: Values = {}): Rendered {
  const ref = formatRef(definition);
  const bound = bindVariables(ref, definition.variables ?? {}, values);
  const fill = (template: string) => renderParts(ref, parseTemplate(template).parts, bound);
  if (definition.messages === undefined) return { text: fill(definition.template ?? "") };
  return { messages: definition.messages.map(({ role, content }) => ({ role, content: fill(content) })) };
}
