import type { JsonObject, JsonValue } from "./json.ts";

/** The type a variable's value must have when the prompt is rendered. */
export type VariableType = "string" | "number" | "boolean";

/** A value that a variable can take. */
export type VariableValue = string | number | boolean;

/** What a prompt says of one `{{name}}` in its template. */
export interface Variable {
  readonly type: VariableType;
  /** Whether rendering without it is an error. A variable with a default is never missing. */
  readonly required: boolean;
  readonly default?: VariableValue;
  readonly description?: string;
}

/** A kind of personal data that can be taken out of a text. */
export type Redaction = "email" | "phone" | "card_number" | "iban";

/** What of a prompt's calls may be logged besides figures. */
export interface EventContent {
  readonly include: readonly ("variables" | "text" | "output")[];
  /** What is taken out of it before; all kinds when absent. */
  readonly redact?: readonly Redaction[];
}

/** One message of a conversation; `content` is a template. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/**
 * A prompt as its author means it: what one YAML file says, normalised. It holds no time, commit or
 * author, so that the same meaning always has the same content hash (see `hash.ts`).
 */
export interface PromptDefinition {
  readonly id: string;
  readonly version: number;
  /** The team that answers for this prompt. */
  readonly owner: string;
  /** The logical model name. */
  readonly model: string;
  /** The `id#version` this one was made from; another id means a fork. Absent for a first version. */
  readonly parent?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Declared figures such as `baseline_accuracy` (0 to 1) and `cost_per_call_usd` (US dollars). */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly variables?: Readonly<Record<string, Variable>>;
  /** Settings for the model call, such as `temperature` and `max_tokens`. */
  readonly parameters?: Readonly<Record<string, JsonValue>>;
  /** What its events may hold of what users and models wrote. Nothing, when absent. */
  readonly events?: EventContent;
  /** A JSON Schema of what the model must answer. */
  readonly output?: JsonObject;
  /** The versions of other prompts, as refs, whose text is part of this one's: all that its file includes, and all that those do. Sorted, each once. */
  readonly includes?: readonly string[];
  /** The text of the prompt, that of its includes in place. Exactly one of `template` and `messages` is present. */
  readonly template?: string;
  readonly messages?: readonly Message[];
}

/** The dates that authors write into a file. Kept with a version, but no part of its meaning. */
export interface AuthoredDates {
  /** `YYYY-MM-DD` */
  readonly created?: string;
  /** `YYYY-MM-DD` */
  readonly updated?: string;
}

/** Where a version came from: the file and, where the environment has them, the commit and the CI run. */
export interface Source {
  /** `owner/name` on a git host, or the remote's address without credentials; absent outside git. */
  readonly repo?: string;
  readonly branch?: string;
  /** The full commit hash; absent when the file was not committed. */
  readonly commit?: string;
  /** Who wrote the commit, as `Name <email>`. */
  readonly author?: string;
  /** When it was committed, ISO 8601 in UTC. */
  readonly committedAt?: string;
  /** The file, relative to the repository's root. */
  readonly path?: string;
  /** The CI run that published it. */
  readonly runUrl?: string;
}

/** A definition with its provenance: what a publish is made from. */
export interface Candidate extends AuthoredDates {
  readonly definition: PromptDefinition;
  readonly source: Source;
}
