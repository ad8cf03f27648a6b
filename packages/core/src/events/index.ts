/** What an event is: for the packages that carry events on and ask questions of them. */
export type { EventField, EventFieldName, FieldType } from "./fields.ts";
export { EVENT_FIELDS, SCHEMA_VERSION } from "./fields.ts";
