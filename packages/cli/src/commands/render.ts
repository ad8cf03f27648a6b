import {
  formatRef,
  render as renderPrompt,
  UserError,
  type Variable,
  type VariableValue,
} from "@promptops/core/domain";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { findPrompt } from "../prompt.ts";
import { bodyText } from "../words/definition.ts";

export async function render(
  context: Context,
  typed: string,
  options: { readonly channel: string; readonly var: readonly string[] },
): Promise<Outcome> {
  const { definition } = await findPrompt(context, typed, options.channel);
  const rendered = renderPrompt(definition, readValues(options.var, definition.variables ?? {}));
  const body =
    rendered.messages === undefined ? { template: rendered.text } : { messages: rendered.messages };
  return { json: { ref: formatRef(definition), ...rendered }, text: bodyText(body) };
}

/** `name=value` texts as values of the declared types; the renderer checks the rest. */
function readValues(
  assignments: readonly string[],
  declared: Readonly<Record<string, Variable>>,
): Readonly<Record<string, VariableValue>> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const equals = assignment.indexOf("=");
      if (equals < 1) {
        throw new UserError("malformed-variable", `"${assignment}" gives no variable a value`, {
          hint: "Write --var name=value, in quotes when the value has spaces.",
        });
      }
      const [name, text] = [assignment.slice(0, equals), assignment.slice(equals + 1)];
      return [name, typed(text, Object.hasOwn(declared, name) ? declared[name]?.type : undefined)];
    }),
  );
}

function typed(text: string, type: Variable["type"] | undefined): VariableValue {
  if (type === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
