import * as z from "zod";

/** A kind of file. */
export interface FileForm<T> {
  /** What it may hold. */
  readonly schema: z.ZodType<T>;
  /** What diagnostics call it, such as "a prompt file". */
  readonly called: string;
  /** The top-level fields whose own fields are easily written one level too far out. */
  readonly groups?: readonly string[];
}

/** What diagnostics and editors say of a field. */
interface Expectation {
  /** What the field is for, as a sentence without a full stop. Editors show it. */
  readonly about?: string;
  /** What it takes. */
  readonly expected: string;
  /** How that looks in a file. */
  readonly example?: string;
}

/** The expectations of all fields of all kinds of file, found by the field's schema. */
export const expectations = z.registry<Expectation>();

/** Messages of schemas are predicates: a diagnostic puts the field's name before them. */
export const EMPTY = { error: "is empty", abort: true };

/** Text of one line, of at most `max` characters. */
export function oneLine(max: number) {
  return z
    .string()
    .min(1, EMPTY)
    .max(max, { error: `is longer than ${max} characters`, abort: true })
    .regex(/^[^\n\r\u0085\u2028\u2029]*$/, { error: "holds a line break", abort: true })
    .regex(/^\S(?:.*\S)?$/, "starts or ends with a space");
}

/** Text of any length that is not blank. */
export function text() {
  return z.string().regex(/\S/, EMPTY);
}

export function wholeNumber() {
  return z.int({ error: "is not a whole number", abort: true });
}
