import { EVENT_FIELDS, type EventField, type EventFieldName, type FieldType } from "@promptops/core/events";
import * as z from "zod";

/** How each type of field looks in a line. */
const TYPES = {
  string: () => z.string(),
  int: () =>
    z
      .int()
      .min(-(2 ** 31))
      .max(2 ** 31 - 1),
  bigint: () => z.int(),
  double: () => z.number(),
  timestamp: () => z.iso.datetime({ precision: 3 }),
} as const satisfies Readonly<Record<FieldType, () => z.ZodType>>;

type Value<F extends EventField> = z.infer<ReturnType<(typeof TYPES)[F["type"]]>>;
type Always = {
  [N in EventFieldName]: (typeof EVENT_FIELDS)[N] extends { always: true } ? N : never;
}[EventFieldName];

/** One event as it was logged. */
export type PromptEvent = { readonly [N in Always]: Value<(typeof EVENT_FIELDS)[N]> } & {
  readonly [N in Exclude<EventFieldName, Always>]?: Value<(typeof EVENT_FIELDS)[N]>;
};

/**
 * The schema of event lines, made from core's table of fields. What is not in the table (the metadata for CloudWatch's
 * metrics) is left out of the result.
 */
export const eventSchema: z.ZodType<PromptEvent> = z.object(
  Object.fromEntries(
    Object.entries<EventField>(EVENT_FIELDS).map(([name, { type, about, always }]) => {
      const value = TYPES[type]().meta({ description: about });
      return [name, always ? value : value.optional()];
    }),
  ),
) as unknown as z.ZodType<PromptEvent>;
