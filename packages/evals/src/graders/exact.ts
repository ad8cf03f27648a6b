import { comparable } from "./comparable.ts";
import { expectedText } from "./expected.ts";
import { type Grader, quoted, rightOrWrong } from "./grader.ts";

/** The answer is what is expected, apart from white space around it. */
export function exact(caseSensitive = true): Grader {
  return (expected) => {
    const text = expectedText("exact", expected);
    const wanted = comparable(text, caseSensitive);
    return (answer) => rightOrWrong(comparable(answer, caseSensitive) === wanted, quoted(text), answer);
  };
}
