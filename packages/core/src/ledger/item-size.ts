import { UserError } from "../domain/errors.ts";
import type { JsonValue } from "../domain/json.ts";
import type { Item } from "./ledger.ts";

/** DynamoDB's limit for one item, names and values together, in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * The size of an item as DynamoDB counts it, in bytes, never too small: names and texts in UTF-8, 21 bytes for a
 * number (the most it takes), 1 for a boolean or null, 3 for a list or map and 1 more for each member.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  return membersSize(item, 0);
}

function membersSize(members: { readonly [name: string]: JsonValue }, perMember: number): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(members))
    bytes += Buffer.byteLength(name) + valueSize(value) + perMember;
  return bytes;
}

function valueSize(value: JsonValue): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return 21;
  if (typeof value === "boolean" || value === null) return 1;
  if (Array.isArray(value)) return value.reduce<number>((bytes, member) => bytes + valueSize(member) + 1, 3);
  return 3 + membersSize(value as { readonly [name: string]: JsonValue }, 1);
}

/** What an insert of an item over the limit fails with. */
export function itemTooLarge(facts: Readonly<Record<string, unknown>>, cause?: unknown): UserError {
  return new UserError("item-too-large", "a version does not fit into one DynamoDB item of 400 KB", {
    hint: "Shorten the prompt.",
    facts,
    cause,
  });
}
