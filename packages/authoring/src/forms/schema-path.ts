import * as z from "zod";
import type { Path } from "../yaml/path.ts";
import { expectations } from "./file-form.ts";

/** What is expected of the value at a path of a file that `top` describes. */
export function expectationAt(top: z.core.$ZodType, path: Path) {
  for (const schema of schemasAt(top, path)) {
    const found = expectations.get(schema);
    if (found) return found;
  }
  return undefined;
}

/** What is expected of the key at the end of a path, in a mapping whose keys are the author's own. */
export function keyExpectationAt(top: z.core.$ZodType, path: Path) {
  for (const schema of schemasAt(top, path.slice(0, -1))) {
    if (schema instanceof z.ZodRecord) return expectations.get(schema.keyType);
  }
  return undefined;
}

/** The names that the mapping at a path may hold. */
export function fieldsAt(top: z.core.$ZodType, path: Path): readonly string[] {
  return schemasAt(top, path).flatMap((schema) =>
    schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
  );
}

/** Whether the number at a path must be whole. */
export function wantsWholeNumber(top: z.core.$ZodType, path: Path): boolean {
  return schemasAt(top, path).some((schema) => schema instanceof z.ZodNumber && schema.isInt);
}

/** The schema at a path, and those it stands for: what is inside an optional, the options of a union. */
function schemasAt(top: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  return path.reduce<readonly z.core.$ZodType[]>(
    (schemas, step) => schemas.flatMap((schema) => opened(child(schema, step))),
    [top],
  );
}

function child(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[step] ?? schema.def.catchall;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

function opened(schema: z.core.$ZodType | undefined): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return opened(schema.unwrap());
  if (schema instanceof z.ZodUnion) return [schema, ...schema.options.flatMap(opened)];
  return schema ? [schema] : [];
}
