import type { EventContent, Redaction } from "../domain/definition.ts";

/** The fields that hold what users and models wrote. */
export const CONTENT_FIELDS = {
  prompt_variables: "variables",
  prompt_text: "text",
  model_output: "output",
} as const satisfies Readonly<Record<string, EventContent["include"][number]>>;

/** What each kind of redaction takes away. Simple patterns, linear in the text; they take a little too much rather than too little. */
const PATTERNS: Readonly<Record<Redaction, RegExp>> = {
  email: /[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g,
  card_number: /\b\d(?:[ -]?\d){12,18}\b/g,
  iban: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b/g,
  phone: /(?<!\w)\+?\d(?:[ ()./-]{0,2}\d){8,14}\b/g,
};

/** All kinds, in the order in which they are taken away: what is longer first. */
const REDACTIONS: readonly Redaction[] = ["email", "iban", "card_number", "phone"];

/**
 * A text as the prompt lets it be logged: what it wants redacted is replaced by the kind in brackets. A prompt that
 * does not say what to redact has everything redacted.
 */
export function redact(text: string, { redact: kinds = REDACTIONS }: EventContent): string {
  return REDACTIONS.filter((kind) => kinds.includes(kind)).reduce(
    (redacted, kind) => redacted.replace(PATTERNS[kind], `[${kind}]`),
    text,
  );
}

/** Whether the prompt lets this field be logged. */
export function mayLog(field: keyof typeof CONTENT_FIELDS, content: EventContent | undefined): boolean {
  return content?.include.includes(CONTENT_FIELDS[field]) ?? false;
}
