import {
  ID_FORM,
  ID_PATTERN,
  MAX_ID_LENGTH,
  REF_PATTERN,
  VARIABLE_NAME_PATTERN,
} from "@promptops/core/domain";
import * as z from "zod";
import { EMPTY, expectations, type FileForm, oneLine, wholeNumber } from "../forms/file-form.ts";
import { jsonSchema } from "../forms/json-schema-field.ts";

/** What can answer. */
export const PROVIDERS = ["keyword", "anthropic", "bedrock", "openai"] as const;

const MAX_REPEATS = 100;
const MAX_CONCURRENCY = 1000;

/** The names of the graders; `grader-settings.ts` says which settings each takes. */
const graderName = z
  .enum(["exact", "one_of", "contains", "regex", "json_schema", "numeric", "edit_distance", "judge"])
  .register(expectations, {
    about: "How an answer is judged",
    expected: "one of exact, one_of, contains, regex, json_schema, numeric, edit_distance, judge",
    example: "grader: exact",
  });

const grader = z.strictObject({
  type: graderName,
  case_sensitive: z
    .boolean()
    .register(expectations, {
      about: "Whether capitals and small letters differ; true unless said otherwise",
      expected: "true or false",
    })
    .optional(),
  pattern: z
    .string()
    .min(1, EMPTY)
    .register(expectations, {
      about: "The JavaScript pattern that every answer must match, in place of one for each case",
      expected: "a JavaScript pattern",
      example: "pattern: '^\\d+$'",
    })
    .optional(),
  flags: z
    .string()
    .register(expectations, {
      about: "How patterns match",
      expected: "flags of a JavaScript pattern, such as i",
    })
    .optional(),
  schema: jsonSchema()
    .register(expectations, {
      about: "What every answer must be, in place of the prompt's output",
      expected: "a JSON Schema",
    })
    .optional(),
  absolute: z
    .number()
    .min(0, "is below 0")
    .register(expectations, {
      about: "How far off a number may be",
      expected: "a number, 0 or more",
    })
    .optional(),
  relative: z
    .number()
    .min(0, "is below 0")
    .register(expectations, {
      about: "How far off a number may be, as a share of what is expected",
      expected: "a number, 0 or more, such as 0.05 for 5 %",
    })
    .optional(),
  at_least: z
    .number()
    .min(0, "is below 0")
    .max(1, "is above 1")
    .register(expectations, {
      about: "The score that passes",
      expected: "a number from 0 to 1",
      example: "at_least: 0.8",
    })
    .optional(),
  prompt: z
    .string()
    .regex(REF_PATTERN, "is not a version of a prompt")
    .register(expectations, {
      about: "The prompt that judges, pinned to a version",
      expected: "the version of the prompt that judges",
      example: 'prompt: "shared.judge#2"',
    })
    .optional(),
});

function variables(about: string) {
  return z
    .record(
      z
        .string()
        .regex(VARIABLE_NAME_PATTERN, "is not a variable's name")
        .register(expectations, { expected: "letters, digits and _, not starting with a digit" }),
      z
        .union([z.string(), z.number(), z.boolean()])
        .register(expectations, { about: "A variable's value", expected: "text, a number, true or false" }),
    )
    .register(expectations, { about, expected: "names with values", example: "variables: {tone: kind}" })
    .optional();
}

const evalCase = z
  .strictObject({
    input: z.string().register(expectations, {
      about: "What the prompt is tried on",
      expected: "text",
      example: "input: I was charged twice",
    }),
    expected: z
      .unknown()
      .register(expectations, {
        about: "The right answer, as the grader takes it",
        expected: "the right answer",
      })
      .optional(),
    variables: variables("Values for this case, before those for all cases"),
    tags: z
      .array(
        oneLine(100).register(expectations, {
          about: "One word or short phrase",
          expected: "one line of at most 100 characters",
        }),
      )
      .register(expectations, {
        about: "Words to tell kinds of cases apart by",
        expected: "a list of words",
        example: "tags: [slang]",
      })
      .optional(),
  })
  .register(expectations, {
    about: "One example",
    expected: "a case: input, and what is expected",
    example: "- {input: Where is my invoice?, expected: billing}",
  });

const keyword = z
  .string()
  .regex(/[\p{L}\p{M}\p{N}]/u, "has neither letter nor digit")
  .register(expectations, { about: "A word or phrase", expected: "a word or phrase" });

const schema = z.strictObject({
  prompt_id: z
    .string()
    .max(MAX_ID_LENGTH, { error: `is longer than ${MAX_ID_LENGTH} characters`, abort: true })
    .regex(ID_PATTERN, "is not a prompt id")
    .register(expectations, {
      about: "The prompt that is measured",
      expected: ID_FORM,
      example: "prompt_id: customer-support.intent-classifier",
    }),
  grader: z
    .union([graderName, grader])
    .register(expectations, {
      about: "How answers are judged; exact unless said otherwise",
      expected: "a grader's name, or a mapping with its type and settings",
      example: "grader: {type: numeric, absolute: 0.5}",
    })
    .optional(),
  variables: variables("Values for all cases"),
  threshold: z
    .number()
    .min(0, "is below 0")
    .max(1, "is above 1")
    .register(expectations, {
      about: "The accuracy that passes; the prompt's own baseline counts where it is higher",
      expected: "a share from 0 to 1, such as 0.9 for 90 %",
      example: "threshold: 0.9",
    })
    .optional(),
  repeats: wholeNumber()
    .min(1, "is below 1")
    .max(MAX_REPEATS, `is above ${MAX_REPEATS}`)
    .register(expectations, {
      about: "How often each case is asked; it passes when most answers do",
      expected: `a whole number from 1 to ${MAX_REPEATS}`,
      example: "repeats: 3",
    })
    .optional(),
  provider: z
    .enum(PROVIDERS)
    .register(expectations, {
      about:
        "What answers: the one that the prompt's model names unless said otherwise; keyword is a stand-in",
      expected: `one of ${PROVIDERS.join(", ")}`,
    })
    .optional(),
  keywords: z
    .record(
      z.string(),
      z.array(keyword).min(1, EMPTY).register(expectations, {
        about: "The words that speak for this label",
        expected: "a list of words",
        example: "billing: [invoice, refund]",
      }),
    )
    .register(expectations, {
      about: "The answers of the provider keyword: the label with most of its words in the input",
      expected: "labels, each with a list of words",
      example: "keywords: {billing: [invoice, refund]}",
    })
    .optional(),
  fallback: oneLine(200)
    .register(expectations, {
      about: "The answer of the provider keyword where no word is found; other unless said otherwise",
      expected: "a label, such as other",
    })
    .optional(),
  concurrency: wholeNumber()
    .min(1, "is below 1")
    .max(MAX_CONCURRENCY, `is above ${MAX_CONCURRENCY}`)
    .register(expectations, {
      about: "How many cases are under way at once; 8 unless said otherwise",
      expected: `a whole number from 1 to ${MAX_CONCURRENCY}`,
      example: "concurrency: 8",
    })
    .optional(),
  cases: z.array(evalCase).register(expectations, {
    about: "The examples",
    expected: "a list of cases, each with input and expected",
    example: "cases: [{input: Where is my invoice?, expected: billing}]",
  }),
});

/** A suite file that passed the schema. */
export type SuiteFile = z.infer<typeof schema>;

/** What a suite file may hold. It only checks; `normalise-suite.ts` makes a suite of what has passed. */
export const suiteForm: FileForm<SuiteFile> = { schema, called: "a suite file" };

/** A grader's name. */
export type GraderName = z.infer<typeof graderName>;

/** A grader's settings, by the names they have in files. */
export type GraderSetting = Exclude<keyof z.infer<typeof grader>, "type">;
