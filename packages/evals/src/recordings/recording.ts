import { canonicalJson, type Model, sha256 } from "@promptops/core/domain";
import type { Question } from "../providers/provider.ts";

/** A model's real answer, kept so that an evaluation can be repeated without the model. */
export interface Recording {
  /** Where the answer came from and what was asked, for who reads the file; the key is made from more than this. */
  readonly provider: string;
  readonly model: string;
  readonly input: string;
  readonly repeat: number;
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly latencyMs: number;
  readonly warnings: readonly string[];
}

/** Where recordings are kept. */
export interface Recordings {
  /** The recording under this key; undefined when there is none. */
  read(key: string): Promise<Recording | undefined>;
  /** Keeps a recording, in place of the one that the key may have. */
  write(key: string, recording: Recording): Promise<void>;
}

/** The key of an answer: SHA-256 of everything that the answer depends on, and of which repeat it is. */
export function recordingKey(
  { provider, id }: Pick<Model, "provider" | "id">,
  { messages, parameters, input, repeat }: Question,
): string {
  return sha256(canonicalJson({ provider, model: id, messages, parameters, input, repeat }));
}
