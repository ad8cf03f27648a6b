/** The types that event fields have, by the names of the lake's columns. */
export type FieldType = "string" | "int" | "bigint" | "double" | "timestamp";

export interface EventField {
  readonly type: FieldType;
  /** What it says. */
  readonly about: string;
  /** Whether every event has it. */
  readonly always?: true;
}

const string = (about: string) => ({ type: "string", about }) as const;
const number = <T extends FieldType>(type: T, about: string) => ({ type, about }) as const;
const always = <F extends EventField>(field: F) => ({ ...field, always: true }) as const;

/**
 * What an event can say, in the order in which a line says it. From this one table come what the line's writer lets
 * through, the schema of events, and the columns of the lake.
 */
export const EVENT_FIELDS = {
  event: always(
    string(
      "What happened: prompt_invoked, prompt_completed, prompt_failed, prompt_read_failed or batch_completed",
    ),
  ),
  prompt_id: always(string("The prompt")),
  prompt_version: always(number("int", "Its version")),
  prompt_owner: always(string("The team that answers for it")),
  prompt_model: always(string("Its logical model")),
  event_id: always(string("Unique to this event; the same each time that it is delivered")),
  timestamp: always(number("timestamp", "When it happened, ISO 8601 in UTC")),
  schema_version: always(number("int", "The version of this table of fields")),
  content_hash: always(string("SHA-256 of the version's content")),
  channel: string("The channel that the version was resolved through"),
  pin_seq: number("bigint", "The sequence number of the pin that chose it"),
  instead_of: number("int", "The version that the channel serves, where the code does not fit that one"),
  source: always(string("Where the client had it from: memory, ledger, stale or snapshot")),
  age_ms: always(number("bigint", "How long before the ledger had said so, in milliseconds")),
  runtime: string("What runs the program: lambda, batch or node"),
  service: string("Which program it is: the Lambda function's name, or PROMPTOPS_SERVICE"),
  request_id: string("The request that was being served"),
  latency_ms: number("double", "How long the call took, in milliseconds"),
  input_tokens: number("bigint", "Tokens of the input"),
  output_tokens: number("bigint", "Tokens of the output"),
  cost_usd: number("double", "What the call cost, in US dollars"),
  label: string("What the model answered, in a word"),
  error_kind: string("The kind of error that the call failed with"),
  error_message: string("What the client's error said"),
  session_id: string("The session or conversation that the call is part of"),
  agent_name: string("The agent that made the call"),
  step: number("int", "The agent's step"),
  parent_event_id: string("The event that this one follows from"),
  job_name: string("The batch job"),
  run_id: string("The batch job's run"),
  records_processed: number("bigint", "How many records a run has processed"),
  sample_rate: number("double", "The share of such events that is kept, above 0 and at most 1"),
  prompt_variables: string("The variables, as JSON; only where the prompt lets it be logged"),
  prompt_text: string("What the model got; only where the prompt lets it be logged"),
  model_output: string("What the model answered; only where the prompt lets it be logged"),
  truncated: string("The fields that were cut because the line was too long"),
  extra: string("All other fields of the caller's, as JSON"),
} as const satisfies Readonly<Record<string, EventField>>;

export type EventFieldName = keyof typeof EVENT_FIELDS;

/** The version of {@link EVENT_FIELDS}. It grows when a field changes its meaning or goes, not when one comes. */
export const SCHEMA_VERSION = 1;
