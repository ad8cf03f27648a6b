/** Where event lines go besides stdout, and the questions that they answer. */
export type { Column } from "./columns.ts";
export { EVENT_COLUMNS, PARTITIONS } from "./columns.ts";
export type { PromptEvent } from "./schema.ts";
export { eventSchema } from "./schema.ts";
