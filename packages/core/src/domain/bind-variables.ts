import type { Variable, VariableValue } from "./definition.ts";
import { UserError } from "./errors.ts";

/** The values to render with: what was given, checked against what is declared, defaults filled in. */
export type Values = Readonly<Record<string, VariableValue>>;

/** Checks given values and gives a text for each declared variable, in the order of declaration. */
export type Binder = (given: Values) => readonly string[];

/**
 * Prepares the check of values against `declared`, so that a render does only what depends on the values.
 *
 * @param prompt the ref to name in errors.
 * @returns a function that throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`.
 */
export function binder(prompt: string, declared: Readonly<Record<string, Variable>>): Binder {
  const slots = new Map(Object.keys(declared).map((name, slot) => [name, slot]));
  const types = Object.values(declared).map(({ type }) => type);
  const defaults = Object.values(declared).map(({ required, default: value }) =>
    value === undefined ? (required ? undefined : "") : String(value),
  );
  return (given) => {
    const bound = defaults.slice();
    for (const name of Object.keys(given)) {
      const slot = slots.get(name);
      if (slot === undefined) throw unexpectedVariable(prompt, name, slots.keys());
      const value = given[name];
      if (value === undefined) continue;
      const type = types[slot];
      if (typeof value !== type) throw wrongType(prompt, name, type, typeof value);
      bound[slot] = type === "string" ? (value as string) : String(value);
    }
    const missing = bound.indexOf(undefined);
    if (missing >= 0) throw missingVariable(prompt, Object.entries(declared)[missing]);
    return bound as string[];
  };
}

function unexpectedVariable(prompt: string, variable: string, declared: Iterable<string>): UserError {
  const names = [...declared];
  return new UserError("unexpected-variable", `${prompt} declares no variable "${variable}"`, {
    hint: names.length === 0 ? "It takes no variables." : `It takes ${names.join(", ")}.`,
    facts: { prompt, variable },
  });
}

function wrongType(prompt: string, variable: string, type: string | undefined, actual: string): UserError {
  return new UserError("wrong-variable-type", `"${variable}" of ${prompt} is a ${type}, not a ${actual}`, {
    hint: `Give a ${type} for ${variable}.`,
    facts: { prompt, variable },
  });
}

function missingVariable(prompt: string, declared: readonly [string, Variable] | undefined): UserError {
  const [name = "", variable] = declared ?? [];
  return new UserError("missing-variable", `${prompt} needs a value for "${name}"`, {
    hint: `Give a ${variable?.type} for ${name}${variable?.description ? ` (${variable.description})` : ""}.`,
    facts: { prompt, variable: name },
  });
}
