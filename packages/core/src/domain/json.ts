/** What JSON can hold. `readonly` throughout: values that have been hashed must not change afterwards. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}
