import { UserError } from "./errors.ts";
import { isRef } from "./ref.ts";

/** A stretch of a template. */
interface Stretch {
  /** In UTF-16 code units from the template's start. */
  readonly offset: number;
  readonly length: number;
}

/** A use of a variable, `{{name}}`. */
export interface VariablePart extends Stretch {
  readonly variable: string;
}

/** A place for the text of another prompt's version, `{{> id#version}}`. Only in prompt files: what is published holds none. */
export interface IncludePart extends Stretch {
  /** The ref, `id#version`. */
  readonly include: string;
}

/** A template cut at its variables and includes; a string is literal text. */
export type TemplatePart = string | VariablePart | IncludePart;

export interface TemplateProblem extends Stretch {
  readonly problem: string;
  readonly hint: string;
}

export interface ParsedTemplate {
  readonly parts: readonly TemplatePart[];
  readonly problems: readonly TemplateProblem[];
}

/** `\{{`, then a whole `{{ … }}`, then an opening that nothing closes on its line. */
const TOKEN = /\\\{\{|\{\{([^{}\n]*)\}\}|\{\{/g;
/** The name of a variable. */
export const VARIABLE_NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Cuts a template at its variables and includes. The whole syntax: `{{name}}` (spaces inside the braces allowed) is a
 * variable, `{{> id#version}}` another prompt's text, `\{{` two literal braces, everything else is text. What does not
 * fit is reported, all of it.
 *
 * @example
 * parseTemplate("Dear {{name}},").parts; // ["Dear ", { variable: "name", offset: 5, length: 8 }, ","]
 */
export function parseTemplate(text: string): ParsedTemplate {
  const parts: TemplatePart[] = [];
  const problems: TemplateProblem[] = [];
  let literal = "";
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    literal += text.slice(from, match.index);
    from = match.index + match[0].length;
    const stretch = { offset: match.index, length: match[0].length };
    const part = partOf(match[1]);
    if (match[0] === "\\{{") {
      literal += "{{";
    } else if (part !== undefined) {
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push({ ...part, ...stretch });
    } else {
      literal += match[0];
      problems.push({ ...stretch, ...problemOf(match[1]) });
    }
  }
  literal += text.slice(from);
  if (literal !== "") parts.push(literal);
  return { parts, problems };
}

/** What stands between braces, if it means anything. */
function partOf(inside: string | undefined): { variable: string } | { include: string } | undefined {
  const trimmed = inside?.trim();
  if (trimmed === undefined) return undefined;
  if (VARIABLE_NAME_PATTERN.test(trimmed)) return { variable: trimmed };
  if (!trimmed.startsWith(">")) return undefined;
  const include = trimmed.slice(1).trim();
  return isRef(include) ? { include } : undefined;
}

function problemOf(inside: string | undefined): Pick<TemplateProblem, "problem" | "hint"> {
  if (inside?.trim().startsWith(">")) {
    return {
      problem: `{{${inside}}} names no exact version of a prompt`,
      hint: "Write {{> id#version}}, such as {{> shared.tone-of-voice#2}}.",
    };
  }
  return {
    problem: inside === undefined ? "{{ is never closed" : `{{${inside}}} is not a variable`,
    hint: "Write {{name}} with letters, digits and _, or \\{{ for two literal braces.",
  };
}

/** The names a template uses, each once, in order of first use. */
export function variablesOf(parts: readonly TemplatePart[]): readonly string[] {
  const names = parts.flatMap((part) =>
    typeof part === "object" && "variable" in part ? [part.variable] : [],
  );
  return [...new Set(names)];
}

/**
 * Cuts a template once, for any number of renders. Values are put in as they are: never expanded again, never escaped.
 *
 * @param prompt the ref to name in errors.
 * @param names the variables, in the order of the bound texts that the result takes. A name that is not among them
 *   stands for nothing.
 * @throws UserError `unexpanded-include` when a part is another prompt's text, which is not known here.
 */
export function compileText(
  prompt: string,
  template: string,
  names: readonly string[],
): (bound: readonly string[]) => string {
  const { parts } = parseTemplate(template);
  // Each literal, the slot of the variable after it, the next literal, and so on.
  const literal: string[] = [""];
  const slot: number[] = [];
  for (const part of parts) {
    if (typeof part === "string") literal[slot.length] += part;
    else if ("variable" in part) {
      slot.push(names.indexOf(part.variable));
      literal.push("");
    } else throw unexpanded(prompt, part.include);
  }
  const [first = ""] = literal;
  // Copies: an array that grew has room to grow on, and this is kept for as long as the prompt.
  const literals = literal.slice();
  const slots = slot.slice();
  return (bound) => {
    let text = first;
    for (let at = 0; at < slots.length; at += 1) {
      text += bound[slots[at] as number] ?? "";
      text += literals[at + 1];
    }
    return text;
  };
}

function unexpanded(prompt: string, include: string): UserError {
  return new UserError("unexpanded-include", `${prompt} still holds {{> ${include}}} in place of its text`, {
    hint: "Take the prompt from the registry, or read its file with loadPrompts: both give the whole text.",
    facts: { prompt, include },
  });
}
