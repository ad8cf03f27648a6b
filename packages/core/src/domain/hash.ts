import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { PromptDefinition } from "./definition.ts";

/** SHA-256 of UTF-8 text, 64 lower-case hex digits. */
export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/**
 * The canonical JSON of a value (RFC 8785): equal values give equal bytes, whatever the order of their keys.
 * Properties that are `undefined` do not count.
 *
 * @throws Error when the value holds something JSON cannot: a cycle, NaN, a lone surrogate.
 */
export function canonicalJson(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("not a JSON value");
  return text;
}

/** SHA-256 of the canonical JSON of a definition: two versions that mean the same have the same hash. */
export function contentHash(definition: PromptDefinition): string {
  return sha256(canonicalJson(definition));
}
