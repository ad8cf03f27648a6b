import { randomUUID } from "node:crypto";
import {
  type EvalCase,
  type Message,
  type PromptDefinition,
  parseTemplate,
  render,
  type Suite,
  type Values,
  variablesOf,
} from "@promptops/core/domain";

/** A message cut where the case's input goes. */
interface Frame {
  readonly role: Message["role"];
  readonly around: readonly string[];
}

/** Stands for the input while the rest is rendered, which is then done once for many cases. No text holds it. */
const INPUT = randomUUID();

/**
 * Prepares what a model gets for each case of a suite: `messages` as they are written; a template that uses `{{input}}`
 * as one user message; any other template as the system prompt, with the case's input as the user message. The
 * case's input is the value of `input`, declared or not; the other values are the case's, then the suite's.
 *
 * @returns a function that throws UserError `missing-variable`, `unexpected-variable` or `wrong-variable-type`.
 */
export function prepareConversation(
  definition: PromptDefinition,
  { variables }: Pick<Suite, "variables">,
): (evalCase: EvalCase) => readonly Message[] {
  const takesInput = textsOf(definition).some(usesInput);
  const framesFor = rememberingLast((values) =>
    takesInput ? framesAroundInput(definition, values) : framesBeforeInput(definition, values),
  );
  return ({ input, variables: own }) => {
    const frames = framesFor(own === undefined ? variables : { ...variables, ...own });
    return frames.map(({ role, around }) => ({ role, content: around.join(input) }));
  };
}

/** The suite as an earlier version of its prompt can take it: without values for variables that it does not declare. */
export function suiteFor(definition: PromptDefinition, suite: Suite): Suite {
  const declared = definition.variables ?? {};
  const taken = (values: Values) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(declared, name)));
  const cases = suite.cases.map((one) =>
    one.variables === undefined ? one : { ...one, variables: taken(one.variables) },
  );
  return { ...suite, variables: taken(suite.variables), cases };
}

function textsOf({ template, messages }: PromptDefinition): readonly string[] {
  return messages === undefined ? [template ?? ""] : messages.map(({ content }) => content);
}

function usesInput(text: string): boolean {
  return variablesOf(parseTemplate(text).parts).includes("input");
}

function framesAroundInput(definition: PromptDefinition, values: Values): readonly Frame[] {
  const input = { type: "string", required: true } as const;
  const declaring = { ...definition, variables: { input, ...definition.variables } };
  const { messages, text } = render(declaring, { ...values, input: INPUT });
  const rendered = messages ?? [{ role: "user" as const, content: text }];
  return rendered.map(({ role, content }) => ({ role, around: content.split(INPUT) }));
}

function framesBeforeInput(definition: PromptDefinition, values: Values): readonly Frame[] {
  const { messages, text } = render(definition, values);
  if (messages !== undefined) return messages.map(({ role, content }) => ({ role, around: [content] }));
  return [
    { role: "system", around: [text] },
    { role: "user", around: ["", ""] },
  ];
}

/** Most cases of a suite have the same values, in the same object. */
function rememberingLast<T>(work: (values: Values) => T): (values: Values) => T {
  let last: { readonly values: Values; readonly result: T } | undefined;
  return (values) => {
    if (last?.values !== values) last = { values, result: work(values) };
    return last.result;
  };
}
