import * as z from "zod";
import { EMPTY, expectations } from "./file-form.ts";

const jsonType = z
  .enum(["string", "number", "integer", "boolean", "object", "array", "null"])
  .register(expectations, {
    expected: "one of string, number, integer, boolean, object, array, null, or a list of them",
  });

/** As much of JSON Schema as catches slips: `type` wherever one can stand. The rest is carried as it is. */
const anyJsonSchema = z.looseObject({
  type: z
    .union([jsonType, z.array(jsonType).min(1, EMPTY)])
    .register(expectations, {
      about: "The type, or types, of the value",
      expected: "one of string, number, integer, boolean, object, array, null, or a list of them",
    })
    .optional(),
  get properties(): z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodType>> {
    return z
      .record(z.string(), z.union([z.boolean(), anyJsonSchema]))
      .register(expectations, {
        about: "What an object holds",
        expected: "names, each with a JSON Schema",
      })
      .optional();
  },
  get items(): z.ZodOptional<z.ZodType> {
    return z
      .union([z.boolean(), anyJsonSchema])
      .register(expectations, { about: "What a list holds", expected: "a JSON Schema" })
      .optional();
  },
  required: z
    .array(z.string())
    .register(expectations, {
      about: "The properties that must be there",
      expected: "a list of property names",
    })
    .optional(),
});

/** A JSON Schema as the value of a field; each field has its own, since what is said of it is found by the schema. */
export function jsonSchema() {
  return anyJsonSchema.clone();
}
