import { isDeepStrictEqual } from "node:util";
import { type JsonObject, UserError } from "@promptops/core/domain";
import type { ErrorObject } from "ajv";
import { type Grader, quoted } from "./grader.ts";
import { guardedPattern } from "./guarded-pattern.ts";
import { jsonIn } from "./json-in.ts";

/**
 * The answer is JSON that the schema allows and, where the case expects something, is equal to that. The dialect is
 * JSON Schema 2020-12, or draft 7 where `$schema` says so; `format` is not checked.
 *
 * @param schema the suite's, or else the prompt's `output`.
 * @throws UserError `no-schema` or `bad-schema`.
 */
export async function jsonSchema(schema: JsonObject | undefined): Promise<Grader> {
  if (schema === undefined) {
    throw new UserError("no-schema", "the grader json_schema has no schema", {
      hint: "Give the suite's grader a schema, or the prompt an output.",
    });
  }
  const problemOf = await compile(schema);
  return (expected) => (answer) => {
    const json = jsonIn(answer);
    if (json === undefined) return wrong(`expected JSON, got ${quoted(answer)}`);
    const problem = problemOf(json.value);
    if (problem !== undefined) return wrong(`${problem}, in ${quoted(answer)}`);
    if (expected !== undefined && !isDeepStrictEqual(json.value, expected)) {
      return wrong(`expected ${quoted(JSON.stringify(expected))}, got ${quoted(answer)}`);
    }
    return { pass: true, score: 1, reason: "as the schema wants it" };
  };
}

function wrong(reason: string) {
  return { pass: false, score: 0, reason };
}

/** Ajv is loaded here, and not before it is needed. */
async function compile(schema: JsonObject): Promise<(value: unknown) => string | undefined> {
  const { Ajv } = await import("ajv");
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  const Dialect = /draft-0[67]/.test(String(schema.$schema)) ? Ajv : Ajv2020;
  const ajv = new Dialect({ strict: false, validateFormats: false, logger: false, code: { regExp } });
  try {
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? undefined : inWords(validate.errors?.[0]));
  } catch (error) {
    throw new UserError("bad-schema", `the schema cannot be used: ${(error as Error).message}`, {
      hint: "It must be a JSON Schema that is complete in itself.",
      cause: error,
    });
  }
}

function inWords(error: ErrorObject | undefined): string {
  return `${error?.instancePath || "the answer"} ${error?.message ?? "is not what the schema allows"}`;
}

/** Patterns in a schema meet the same answers as those of the regex grader. Ajv tells them apart by `toString`. */
const regExp = Object.assign(
  (source: string, flags: string) => {
    const pattern = new RegExp(source, flags);
    return { test: guardedPattern(pattern), toString: () => String(pattern) };
  },
  { code: "new RegExp" },
);
