import type { Variable, VariableValue } from "./definition.ts";
import { UserError } from "./errors.ts";

/** The values to render with: what was given, checked against what is declared, defaults filled in. */
export type Values = Readonly<Record<string, VariableValue>>;

/**
 * Checks `given` against `declared` and fills in defaults.
 *
 * @param prompt the ref to name in errors.
 * @throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`.
 */
export function bindVariables(
  prompt: string,
  declared: Readonly<Record<string, Variable>>,
  given: Values,
): ReadonlyMap<string, string> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      const names = Object.keys(declared);
      throw new UserError("unexpected-variable", `${prompt} declares no variable "${name}"`, {
        hint: names.length === 0 ? "It takes no variables." : `It takes ${names.join(", ")}.`,
        facts: { prompt, variable: name },
      });
    }
  }
  const bound = new Map<string, string>();
  for (const [name, variable] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) ? given[name] : variable.default;
    if (value === undefined) {
      if (!variable.required) {
        bound.set(name, "");
        continue;
      }
      throw new UserError("missing-variable", `${prompt} needs a value for "${name}"`, {
        hint: `Give a ${variable.type} for ${name}${variable.description ? ` (${variable.description})` : ""}.`,
        facts: { prompt, variable: name },
      });
    }
    if (typeof value !== variable.type) {
      throw new UserError(
        "wrong-variable-type",
        `"${name}" of ${prompt} is a ${variable.type}, not a ${typeof value}`,
        {
          hint: `Give a ${variable.type} for ${name}.`,
          facts: { prompt, variable: name },
        },
      );
    }
    bound.set(name, String(value));
  }
  return bound;
}
