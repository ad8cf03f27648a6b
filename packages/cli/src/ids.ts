import { isPromptId, parsePartialRef, promptNotFound } from "@promptops/core/domain";
import { readHead, readIds } from "@promptops/core/ledger";
import leven from "leven";
import type { Context } from "./context.ts";

interface PartialRef {
  readonly id: string;
  readonly version?: number;
}

/**
 * The id or `id#version` that was typed. An id that does not exist is completed when just one prompt ends or begins
 * with it, as `intent-classifier` for `customer-support.intent-classifier`: for commands that only read.
 */
export async function completeRef(context: Context, typed: string): Promise<PartialRef> {
  const [name = "", version] = typed.split("#", 2);
  const ledger = await context.ledger();
  if (!isPromptId(name) || (await readHead(ledger, name)) === undefined) {
    const ids = await Array.fromAsync(readIds(ledger));
    const fits = ids.filter(
      (id) => id.endsWith(`.${name}`) || id.startsWith(`${name}.`) || id.startsWith(`${name}-`),
    );
    const [only] = fits;
    if (only !== undefined && fits.length === 1 && name !== "") {
      return parsePartialRef(version === undefined ? only : `${only}#${version}`);
    }
    if (!isPromptId(name) && name !== "") throw promptNotFound(name);
  }
  return parsePartialRef(typed);
}

/** The ids that look most like what was typed, at most three. */
export async function suggestIds(context: Context, typed: string): Promise<readonly string[]> {
  const ids = await Array.fromAsync(readIds(await context.ledger()));
  const distance = (id: string) =>
    Math.min(leven(id, typed), leven(id.slice(id.lastIndexOf(".") + 1), typed));
  return ids
    .map((id) => ({ id, distance: distance(id) }))
    .filter((near) => near.distance <= Math.max(2, typed.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}
