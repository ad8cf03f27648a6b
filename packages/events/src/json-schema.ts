import * as z from "zod";
import { eventSchema } from "./schema.ts";

/** Where the JSON Schema is kept; `npm run schema -w @promptops/events` writes it. */
export const SCHEMA_FILE = new URL("../schemas/event.schema.json", import.meta.url);

/** The JSON Schema of an event line, for readers in other languages. */
export function eventJsonSchema(): object {
  return {
    title: "A prompt event",
    ...z.toJSONSchema(eventSchema, { target: "draft-2020-12", io: "input" }),
  };
}
