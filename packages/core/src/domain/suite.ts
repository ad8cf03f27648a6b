import type { VariableValue } from "./definition.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** How an answer is judged; each type has a file of its name in `packages/evals/src/graders/`. */
export type GraderSpec =
  | { readonly type: "exact"; readonly caseSensitive?: boolean }
  | { readonly type: "one_of"; readonly caseSensitive?: boolean }
  | { readonly type: "contains"; readonly caseSensitive?: boolean }
  | { readonly type: "regex"; readonly pattern?: string; readonly flags?: string }
  | { readonly type: "json_schema"; readonly schema?: JsonObject }
  | { readonly type: "numeric"; readonly absolute?: number; readonly relative?: number }
  | { readonly type: "edit_distance"; readonly atLeast: number }
  | { readonly type: "judge"; readonly prompt: string; readonly atLeast: number };

/** One example: what goes in and what should come out. */
export interface EvalCase {
  readonly input: string;
  /** Absent where the grader needs none, as `json_schema`. */
  readonly expected?: JsonValue;
  readonly variables?: Readonly<Record<string, VariableValue>>;
  readonly tags: readonly string[];
}

/** The stand-in for a model: the label with most of its words in the input wins. */
export interface Keywords {
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** The answer when no word is found. */
  readonly fallback: string;
}

/** The examples that one prompt is measured by: what one file under `evals/` says, normalised. */
export interface Suite {
  readonly promptId: string;
  readonly grader: GraderSpec;
  /** Values for every case; a case's own come first. */
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** The accuracy this suite asks for, 0 to 1; the prompt's own baseline counts where it is higher. */
  readonly threshold?: number;
  /** How often each case is asked; it passes when most answers do. */
  readonly repeats: number;
  /** What answers: the keyword stand-in, or a provider of `models.yaml`; absent: the one that the prompt's model names. */
  readonly provider?: string;
  /** Present when `provider` is `keyword`. */
  readonly keywords?: Keywords;
  /** How many cases are under way at once. */
  readonly concurrency: number;
  readonly cases: readonly EvalCase[];
}

/** A logical model of `prompts/models.yaml`: what is behind the name that prompts use. */
export interface Model {
  readonly provider: "anthropic" | "bedrock" | "openai";
  /** The provider's own id. */
  readonly id: string;
  /** US dollars for a million tokens. */
  readonly price?: { readonly input: number; readonly output: number };
}
