import { comparable } from "./comparable.ts";
import { expectedWords } from "./expected.ts";
import { type Grader, quoted, rightOrWrong } from "./grader.ts";

/** What is expected stands somewhere in the answer. */
export function contains(caseSensitive = true): Grader {
  return (expected) => {
    const text = expectedWords("contains", expected);
    const wanted = comparable(text, caseSensitive);
    const inWords = `a text that holds ${quoted(text)}`;
    return (answer) => rightOrWrong(comparable(answer, caseSensitive).includes(wanted), inWords, answer);
  };
}
