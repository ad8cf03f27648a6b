import type { Variable, VariableValue } from "./definition.ts";
import { UserError } from "./errors.ts";

/** A template cut at its variables: literal text, or the name of a variable. */
export type TemplatePart = string | { readonly variable: string };

export interface TemplateProblem {
  /** Where in the template, in UTF-16 code units from its start. */
  readonly offset: number;
  readonly length: number;
  readonly problem: string;
  readonly hint: string;
}

export interface ParsedTemplate {
  readonly parts: readonly TemplatePart[];
  readonly problems: readonly TemplateProblem[];
}

/** `\{{`, then a whole `{{ … }}`, then an opening that nothing closes on its line. */
const TOKEN = /\\\{\{|\{\{([^{}\n]*)\}\}|\{\{/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Cuts a template at its variables. The whole syntax: `{{name}}` (spaces inside the braces allowed) is a
 * variable, `\{{` is two literal braces, everything else is text. What does not fit is reported, all of it.
 *
 * @example
 * parseTemplate("Dear {{name}},").parts; // ["Dear ", { variable: "name" }, ","]
 */
export function parseTemplate(text: string): ParsedTemplate {
  const parts: TemplatePart[] = [];
  const problems: TemplateProblem[] = [];
  let literal = "";
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    literal += text.slice(from, match.index);
    from = match.index + match[0].length;
    const name = match[1]?.trim();
    if (match[0] === "\\{{") {
      literal += "{{";
    } else if (name !== undefined && NAME.test(name)) {
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push({ variable: name });
    } else {
      literal += match[0];
      problems.push({
        offset: match.index,
        length: match[0].length,
        problem: name === undefined ? "{{ is never closed" : `{{${match[1]}}} is not a variable`,
        hint: "Write {{name}} with letters, digits and _, or \\{{ for two literal braces.",
      });
    }
  }
  literal += text.slice(from);
  if (literal !== "") parts.push(literal);
  return { parts, problems };
}

/** The names a template uses, each once, in order of first use. */
export function variablesOf(parts: readonly TemplatePart[]): readonly string[] {
  return [...new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.variable])))];
}

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

/** Joins the parts, putting in the bound values as they are: never expanded again, never escaped. */
export function renderParts(parts: readonly TemplatePart[], bound: ReadonlyMap<string, string>): string {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : (bound.get(part.variable) ?? "");
  return text;
}
