import { type Alias, isAlias, type Scalar } from "yaml";
import type { Problem } from "../diagnostics/diagnostics.ts";
import { BRACES } from "./yaml-syntax.ts";

const MAX_KEY_LENGTH = 200;
const WRITTEN_OUT = "every value written out: a reviewer must see what a prompt holds";

/** Why a scalar cannot be a key. */
export function keyProblem(key: Scalar): Problem | undefined {
  const { value, source } = key;
  if (typeof value !== "string") {
    return {
      code: "key-type",
      problem: source ? `the key ${source} is not text` : "a key is missing here",
      expected: "text as key",
      hint: source ? `Put it in quotes: "${source}".` : undefined,
    };
  }
  if (value === "<<" && key.type === "PLAIN") {
    return { code: "merge-key", problem: "a merge key (<<)", expected: WRITTEN_OUT };
  }
  if (value === "__proto__" || value.length > MAX_KEY_LENGTH || !/^\S(?:.*\S)?$/.test(value)) {
    return {
      code: "key-type",
      problem: value === "__proto__" ? "__proto__ cannot be a key" : "this text cannot be a key",
      expected: `one line of at most ${MAX_KEY_LENGTH} characters, with no space around it`,
    };
  }
  return undefined;
}

/** What to say of a number that is not finite, or not exact. */
export function numberProblem(value: number, source: string): Problem {
  return {
    code: "number-range",
    problem: Number.isFinite(value)
      ? `${source} is too large to be kept exactly`
      : `${source} is not a number that JSON can hold`,
    expected: "a finite number; whole numbers up to 9007199254740991",
  };
}

export function anchorProblem(written: string): Problem {
  return { code: "anchor", problem: `an anchor (${written})`, expected: WRITTEN_OUT };
}

export function aliasProblem({ source }: Alias): Problem {
  return { code: "alias", problem: `an alias (*${source})`, expected: WRITTEN_OUT };
}

/** What to say of a key that is no scalar. */
export function structureAsKey(key: unknown): Problem {
  if (isAlias(key)) return aliasProblem(key);
  return {
    code: "key-type",
    problem: "a mapping or a list stands where a key is wanted",
    hint: BRACES.hint,
  };
}
