import { UserError } from "./errors.ts";

/** One version of one prompt, written `customer-support.intent-classifier#2`. */
export interface Ref {
  readonly id: string;
  readonly version: number;
}

/**
 * The longest id, in characters. DynamoDB allows 1,024 bytes in a sort key, and a ref is one in the
 * `children` index; 256 leaves room and still fits a path on every file system.
 */
export const MAX_ID_LENGTH = 256;

/** A domain and a name at least: lower-case words joined by hyphens, joined by dots. The length is another matter. */
export const ID_PATTERN = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/;
const VERSION = /^[1-9][0-9]{0,8}$/;

/** `id#version`, for schemas. {@link parseRef} also looks at the length, and says what is wrong. */
export const REF_PATTERN = new RegExp(`${ID_PATTERN.source.slice(0, -1)}#${VERSION.source.slice(1)}`);

/** The form of an id, in words, for error messages. */
export const ID_FORM =
  "lower-case letters, digits and hyphens, in two or more parts joined by dots, such as customer-support.intent-classifier";

/** Whether `text` is a well-formed prompt id of at most {@link MAX_ID_LENGTH} characters. */
export function isPromptId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && ID_PATTERN.test(text);
}

/** Whether `value` can be a version: a whole number from 1 to 999,999,999. */
export function isVersion(value: unknown): value is number {
  return typeof value === "number" && VERSION.test(String(value));
}

/** Whether `text` is `id#version`, exactly. */
export function isRef(text: string): boolean {
  return REF_PATTERN.test(text) && text.lastIndexOf("#") <= MAX_ID_LENGTH;
}

/** Writes a ref as `id#version`. The inverse of {@link parseRef}. */
export function formatRef(ref: Ref): string {
  return `${ref.id}#${ref.version}`;
}

/**
 * Reads `id#version` exactly.
 *
 * @throws UserError `malformed-ref` when `text` is anything else.
 */
export function parseRef(text: string): Ref {
  const { id, version } = parsePartialRef(text);
  if (version === undefined) {
    throw new UserError("malformed-ref", `"${text}" names no version`, {
      hint: `Write ${id}#1, with the version you mean after the #.`,
    });
  }
  return { id, version };
}

/**
 * Reads `id` or `id#version`.
 *
 * @throws UserError `malformed-ref` when `text` is neither.
 */
export function parsePartialRef(text: string): { readonly id: string; readonly version?: number } {
  const hash = text.indexOf("#");
  const id = hash < 0 ? text : text.slice(0, hash);
  const version = hash < 0 ? undefined : text.slice(hash + 1);
  if (!isPromptId(id)) {
    throw new UserError("malformed-ref", `"${text}" is not a prompt id`, { hint: `An id is ${ID_FORM}.` });
  }
  if (version === undefined) return { id };
  if (!VERSION.test(version)) {
    throw new UserError("malformed-ref", `"${version}" in "${text}" is not a version`, {
      hint: `A version is a whole number from 1, as in ${id}#1.`,
    });
  }
  return { id, version: Number(version) };
}
