import type { JsonValue } from "@promptops/core/domain";
import type { Usage } from "./providers/provider.ts";

/** Why there is no grade. */
export interface CaseError {
  /** The code of the UserError or ServiceError; `internal` for anything else. */
  readonly code: string;
  readonly message: string;
}

/** One time that a case was asked. */
export interface Attempt {
  readonly pass: boolean;
  /** 0 to 1. */
  readonly score: number;
  readonly reason: string;
  /** What was answered; absent when nothing was. */
  readonly text?: string;
  /** Present when there was no answer, or no grade of it. */
  readonly error?: CaseError;
  /** Of the answer and, where a model graded it, of that. */
  readonly usage: Usage;
  /** Of the answer, in milliseconds; absent when there was none. */
  readonly latencyMs?: number;
}

/** How a prompt did on one case. */
export interface CaseResult {
  /** The case's place in the suite, from 1. */
  readonly place: number;
  readonly input: string;
  readonly expected?: JsonValue;
  readonly tags: readonly string[];
  /** Whether more than half of the attempts passed. */
  readonly pass: boolean;
  /** The attempts' mean, 0 to 1. */
  readonly score: number;
  /** Of the first attempt that went as the case did. */
  readonly reason: string;
  /** What that attempt answered; absent when nothing was. */
  readonly answer?: string;
  /** Present when the case failed because of errors: with answers in their place it might have passed. */
  readonly error?: CaseError;
  readonly attempts: readonly Attempt[];
  readonly usage: Usage;
}
