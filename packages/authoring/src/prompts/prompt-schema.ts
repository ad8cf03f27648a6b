import {
  ID_FORM,
  ID_PATTERN,
  MAX_ID_LENGTH,
  REF_PATTERN,
  VARIABLE_NAME_PATTERN,
} from "@promptops/core/domain";
import * as z from "zod";
import { EMPTY, expectations, type FileForm, oneLine, text, wholeNumber } from "../forms/file-form.ts";
import { jsonSchema } from "../forms/json-schema-field.ts";

function version() {
  return wholeNumber().min(1, "is below 1").max(999_999_999, "is above 999999999");
}

function ref() {
  return z.string().regex(REF_PATTERN, "is not a version of a prompt");
}

function date(about: string) {
  return z.iso
    .date("is not a date of the calendar")
    .register(expectations, { about, expected: "a date as YYYY-MM-DD, such as 2026-04-15" });
}

const variable = z.strictObject({
  type: z.enum(["string", "number", "boolean"]).register(expectations, {
    about: "The type that a value must have when the prompt is rendered",
    expected: "string, number or boolean",
    example: "type: string",
  }),
  required: z
    .boolean()
    .register(expectations, {
      about: "Whether rendering without a value is an error; true where there is no default",
      expected: "true or false",
    })
    .optional(),
  default: z
    .union([z.string(), z.number(), z.boolean()])
    .register(expectations, {
      about: "The value to take when none is given",
      expected: "text, a number, true or false, as the variable's type says",
    })
    .optional(),
  description: text()
    .register(expectations, {
      about: "What the variable is for; error messages quote it",
      expected: "what the variable is for",
    })
    .optional(),
});

const message = z.strictObject({
  role: z.enum(["system", "user", "assistant"]).register(expectations, {
    about: "Who says it",
    expected: "system, user or assistant",
    example: "role: system",
  }),
  content: text().register(expectations, {
    about: "What is said: {{name}} for a variable, {{> other.prompt#2}} for another prompt's text",
    expected: "the text of the message",
  }),
});

const metrics = z
  .object({
    baseline_accuracy: z
      .number()
      .min(0, "is below 0")
      .max(1, "is above 1")
      .register(expectations, {
        about: "The accuracy below which an evaluation fails",
        expected: "a share from 0 to 1, such as 0.94 for 94 %",
      })
      .optional(),
    cost_per_call_usd: z
      .number()
      .min(0, "is below 0")
      .register(expectations, {
        about: "What one call costs",
        expected: "US dollars, such as 0.003",
      })
      .optional(),
  })
  .catchall(
    z
      .number()
      .min(0, "is below 0")
      .register(expectations, { about: "A figure of your own", expected: "a number, 0 or more" }),
  );

const parameters = z.strictObject({
  temperature: z
    .number()
    .min(0, "is below 0")
    .max(2, "is above 2")
    .register(expectations, { about: "How freely the model answers", expected: "a number from 0 to 2" })
    .optional(),
  max_tokens: wholeNumber()
    .min(1, "is below 1")
    .register(expectations, {
      about: "How many tokens the answer may have",
      expected: "a whole number from 1",
    })
    .optional(),
  top_p: z
    .number()
    .min(0, "is below 0")
    .max(1, "is above 1")
    .register(expectations, {
      about: "The share of likely tokens to choose from",
      expected: "a number from 0 to 1",
    })
    .optional(),
  top_k: wholeNumber()
    .min(1, "is below 1")
    .register(expectations, {
      about: "How many likely tokens to choose from",
      expected: "a whole number from 1",
    })
    .optional(),
  stop_sequences: z
    .array(
      z
        .string()
        .min(1, EMPTY)
        .register(expectations, { about: "One such text", expected: "text at which the model stops" }),
    )
    .min(1, EMPTY)
    .register(expectations, { about: "Texts at which the answer ends", expected: "a list of texts" })
    .optional(),
  seed: wholeNumber()
    .register(expectations, {
      about: "Makes answers repeatable where the provider can",
      expected: "a whole number",
    })
    .optional(),
});

const events = z.strictObject({
  include: z
    .array(
      z.enum(["variables", "text", "output"]).register(expectations, {
        about: "The values of the variables, the text that the model got, or what it answered",
        expected: "variables, text or output",
      }),
    )
    .min(1, EMPTY)
    .register(expectations, {
      about: "What events may hold of what users and models wrote",
      expected: "a list of variables, text and output",
      example: "include: [output]",
    }),
  redact: z
    .array(
      z.enum(["email", "phone", "card_number", "iban"]).register(expectations, {
        about: "A kind of personal data",
        expected: "email, phone, card_number or iban",
      }),
    )
    .register(expectations, {
      about: "What is taken out of it before; all kinds where this is absent",
      expected: "a list of email, phone, card_number and iban; [] to take out nothing",
    })
    .optional(),
});

const schema = z.strictObject({
  id: z
    .string()
    .max(MAX_ID_LENGTH, { error: `is longer than ${MAX_ID_LENGTH} characters`, abort: true })
    .regex(ID_PATTERN, "is not a prompt id")
    .register(expectations, {
      about: "The prompt's name, which its path stands for: prompts/customer_support/intent_classifier.yaml",
      expected: ID_FORM,
      example: "id: customer-support.intent-classifier",
    }),
  version: version().register(expectations, {
    about: "Raised with every change of content",
    expected: "a whole number from 1 to 999999999",
    example: "version: 2",
  }),
  owner: oneLine(100).register(expectations, {
    about: "Who is asked when something is wrong",
    expected: "the team that answers for this prompt, one line of at most 100 characters",
    example: "owner: data-platform-team",
  }),
  model: oneLine(200).register(expectations, {
    about: "The logical model name, one of prompts/models.yaml where that file exists",
    expected: "a model's name, one line of at most 200 characters",
    example: "model: claude-3-5-sonnet",
  }),
  tags: z
    .array(
      oneLine(100).register(expectations, {
        about: "One word or short phrase",
        expected: "one line of at most 100 characters",
      }),
    )
    .register(expectations, {
      about: "Words to find the prompt by",
      expected: "a list of words; [] for none",
      example: "tags: [classification]",
    }),
  template: text()
    .register(expectations, {
      about:
        "The text: {{name}} for a variable, {{> other.prompt#2}} for another prompt's text, \\{{ for two literal braces. Either this or messages",
      expected: "the text of the prompt",
    })
    .optional(),
  messages: z
    .array(message)
    .min(1, EMPTY)
    .register(expectations, {
      about: "The conversation to send. Either this or template",
      expected: "a list of messages, each with role and content",
    })
    .optional(),
  parent: z
    .union([
      version().register(expectations, {
        about: "A version of this prompt",
        expected: "a whole number from 1",
      }),
      ref().register(expectations, {
        about: "A version of any prompt",
        expected: "<id>#<version>",
        example: "other.prompt#3",
      }),
    ])
    .register(expectations, {
      about: "The version that this one was made from",
      expected: "a version of this prompt (parent: 1), or of another (parent: other.prompt#3)",
    })
    .optional(),
  description: text()
    .register(expectations, {
      about: "What the prompt does, for those who look for one",
      expected: "what the prompt is for",
    })
    .optional(),
  metrics: metrics
    .register(expectations, { about: "Figures that the gates read", expected: "names with numbers" })
    .optional(),
  variables: z
    .record(
      z
        .string()
        .regex(VARIABLE_NAME_PATTERN, "is not a variable's name")
        .register(expectations, { expected: "letters, digits and _, not starting with a digit" }),
      variable,
    )
    .register(expectations, {
      about: "The variables of the text, those of the texts it includes among them",
      expected: "names, each with its type",
      example: "variables: {tone: {type: string}}",
    })
    .optional(),
  parameters: parameters
    .register(expectations, {
      about: "How the model is to be called",
      expected: "settings of the model call",
    })
    .optional(),
  events: events
    .register(expectations, {
      about: "What its events may hold besides figures. Without this: nothing that users or models wrote",
      expected: "include, with what may be logged",
      example: "events: {include: [output]}",
    })
    .optional(),
  output: jsonSchema()
    .register(expectations, { about: "What the model must answer", expected: "a JSON Schema" })
    .optional(),
  includes: z
    .array(
      ref().register(expectations, {
        about: "A version of another prompt",
        expected: "a version of a prompt, such as shared.tone-of-voice#2",
      }),
    )
    .register(expectations, {
      about:
        "The versions that the text takes in by {{> …}}. Found by itself; where it is written it must agree",
      expected: "a list of the versions that the text includes",
      example: "includes: [shared.tone-of-voice#2]",
    })
    .optional(),
  created: date("When the prompt was first written").optional(),
  updated: date("When this version was written").optional(),
});

/** A prompt file that passed the schema. */
export type PromptFile = z.infer<typeof schema>;

/** What a prompt file may hold. It only checks; `normalise.ts` makes a definition of what has passed. */
export const promptForm: FileForm<PromptFile> = {
  schema,
  called: "a prompt file",
  groups: ["parameters", "metrics"],
};
