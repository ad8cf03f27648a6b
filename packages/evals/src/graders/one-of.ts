import { comparable } from "./comparable.ts";
import { expectedText, wrongExpected } from "./expected.ts";
import { type Grader, quoted, rightOrWrong } from "./grader.ts";

/** The answer is one of a list, apart from white space around it. */
export function oneOf(caseSensitive = true): Grader {
  return (expected) => {
    if (!Array.isArray(expected) || expected.length === 0) {
      throw wrongExpected("one_of", "a list of texts", expected);
    }
    const texts = expected.map((item) => expectedText("one_of", item));
    const wanted = new Set(texts.map((text) => comparable(text, caseSensitive)));
    const inWords = `one of ${texts.map(quoted).join(", ")}`;
    return (answer) => rightOrWrong(wanted.has(comparable(answer, caseSensitive)), inWords, answer);
  };
}
