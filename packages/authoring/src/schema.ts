import { ID_FORM, isPromptId, MAX_ID_LENGTH, parseRef, parseTemplate } from "@promptops/core/domain";
import * as z from "zod";

/** What diagnostics say of a field: what it takes, and how that looks in a file. */
interface Expectation {
  readonly expected: string;
  readonly example?: string;
}

/** The expectations of the schemas below, found by schema. */
export const expectations = z.registry<Expectation>();

/** Messages here are predicates: a diagnostic puts the field's name before them. */
const EMPTY = { error: "is empty", abort: true };

function oneLine(max: number) {
  return z
    .string()
    .min(1, EMPTY)
    .max(max, { error: `is longer than ${max} characters`, abort: true })
    .regex(/^[^\n\r\u0085\u2028\u2029]*$/, { error: "holds a line break", abort: true })
    .regex(/^\S(?:.*\S)?$/, "starts or ends with a space");
}

function text(expected: string) {
  return z.string().regex(/\S/, EMPTY).register(expectations, { expected });
}

const wholeNumber = z.int({ error: "is not a whole number", abort: true });

const version = wholeNumber
  .min(1, "is below 1")
  .max(999_999_999, "is above 999999999")
  .register(expectations, { expected: "a whole number from 1 to 999999999", example: "version: 2" });

const date = z.iso
  .date("is not a date of the calendar")
  .register(expectations, { expected: "a date as YYYY-MM-DD, such as 2026-04-15" });

const variable = z.strictObject({
  type: z
    .enum(["string", "number", "boolean"])
    .register(expectations, { expected: "string, number or boolean", example: "type: string" }),
  required: z.boolean().register(expectations, { expected: "true or false" }).optional(),
  default: z
    .union([z.string(), z.number(), z.boolean()])
    .register(expectations, { expected: "text, a number, true or false, as the variable's type says" })
    .optional(),
  description: text("what the variable is for").optional(),
});

const message = z.strictObject({
  role: z
    .enum(["system", "user", "assistant"])
    .register(expectations, { expected: "system, user or assistant", example: "role: system" }),
  content: text("the text of the message"),
});

const metrics = z
  .object({
    baseline_accuracy: z
      .number()
      .min(0, "is below 0")
      .max(1, "is above 1")
      .register(expectations, { expected: "a share from 0 to 1, such as 0.94 for 94 %" })
      .optional(),
    cost_per_call_usd: z
      .number()
      .min(0, "is below 0")
      .register(expectations, { expected: "US dollars, such as 0.003" })
      .optional(),
  })
  .catchall(z.number().min(0, "is below 0").register(expectations, { expected: "a number, 0 or more" }));

const parameters = z.strictObject({
  temperature: z
    .number()
    .min(0, "is below 0")
    .max(2, "is above 2")
    .register(expectations, { expected: "a number from 0 to 2" })
    .optional(),
  max_tokens: wholeNumber
    .min(1, "is below 1")
    .register(expectations, { expected: "a whole number from 1" })
    .optional(),
  top_p: z
    .number()
    .min(0, "is below 0")
    .max(1, "is above 1")
    .register(expectations, { expected: "a number from 0 to 1" })
    .optional(),
  top_k: wholeNumber
    .min(1, "is below 1")
    .register(expectations, { expected: "a whole number from 1" })
    .optional(),
  stop_sequences: z
    .array(z.string().min(1, EMPTY).register(expectations, { expected: "text at which the model stops" }))
    .min(1, EMPTY)
    .register(expectations, { expected: "a list of texts" })
    .optional(),
  seed: wholeNumber.register(expectations, { expected: "a whole number" }).optional(),
});

const jsonType = z
  .enum(["string", "number", "integer", "boolean", "object", "array", "null"])
  .register(expectations, {
    expected: "one of string, number, integer, boolean, object, array, null, or a list of them",
  });

/** As much of JSON Schema as catches slips: `type` wherever one can stand. The rest is carried as it is. */
const jsonSchema = z.looseObject({
  type: z.union([jsonType, z.array(jsonType).min(1, EMPTY)]).optional(),
  get properties() {
    return z.record(z.string(), z.union([z.boolean(), jsonSchema])).optional();
  },
  get items() {
    return z.union([z.boolean(), jsonSchema]).optional();
  },
  required: z.array(z.string()).register(expectations, { expected: "a list of property names" }).optional(),
});

/** What a prompt file may hold. It only checks; `normalise.ts` makes a definition of what has passed. */
export const promptFile = z.strictObject({
  id: z
    .string()
    .max(MAX_ID_LENGTH, { error: `is longer than ${MAX_ID_LENGTH} characters`, abort: true })
    .refine(isPromptId, "is not a prompt id")
    .register(expectations, { expected: ID_FORM, example: "id: customer-support.intent-classifier" }),
  version,
  owner: oneLine(100).register(expectations, {
    expected: "the team that answers for this prompt, one line of at most 100 characters",
    example: "owner: data-platform-team",
  }),
  model: oneLine(200).register(expectations, {
    expected: "a model's name, one line of at most 200 characters",
    example: "model: claude-3-5-sonnet",
  }),
  tags: z
    .array(oneLine(100).register(expectations, { expected: "one line of at most 100 characters" }))
    .register(expectations, { expected: "a list of words; [] for none", example: "tags: [classification]" }),
  template: text("the text of the prompt").optional(),
  messages: z
    .array(message)
    .min(1, EMPTY)
    .register(expectations, { expected: "a list of messages, each with role and content" })
    .optional(),
  parent: z
    .union([version, z.string().refine(isRef, "is not a version of a prompt")])
    .register(expectations, {
      expected: "a version of this prompt (parent: 1), or of another (parent: other.prompt#3)",
    })
    .optional(),
  description: text("what the prompt is for").optional(),
  metrics: metrics.register(expectations, { expected: "names with numbers" }).optional(),
  variables: z
    .record(z.string().refine(isVariableName, "is not a variable's name"), variable)
    .register(expectations, {
      expected: "names, each with its type",
      example: "variables: {tone: {type: string}}",
    })
    .optional(),
  parameters: parameters.register(expectations, { expected: "settings of the model call" }).optional(),
  output: jsonSchema.register(expectations, { expected: "a JSON Schema" }).optional(),
  created: date.optional(),
  updated: date.optional(),
});

/** A prompt file that passed {@link promptFile}. */
export type PromptFile = z.infer<typeof promptFile>;

function isRef(written: string): boolean {
  try {
    parseRef(written);
    return true;
  } catch {
    return false;
  }
}

/** Whether a template can use the name: the template syntax itself decides. */
function isVariableName(name: string): boolean {
  const { parts } = parseTemplate(`{{${name}}}`);
  const [part] = parts;
  return parts.length === 1 && typeof part === "object" && part.variable === name;
}
