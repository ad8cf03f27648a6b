import type { CaseResult } from "../case-result.ts";
import type { SuiteResult } from "../evaluate.ts";
import { oneLine } from "../one-line.ts";
import { refOf, valueText } from "../words.ts";

/**
 * The results as JUnit XML: a test suite for each prompt, a test case for each case, and one named `gate` for the verdict,
 * which alone decides: a prompt may pass with some of its cases failed.
 */
export function junitReport(results: readonly SuiteResult[]): string {
  const suites = results.map(suiteXml);
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join(
    "\n",
  );
}

function suiteXml({ run, verdict }: SuiteResult): string {
  const ref = refOf(run);
  const errors = run.cases.filter(({ error }) => error !== undefined).length;
  const failures = run.cases.length - run.totals.passed - errors + (verdict.pass ? 0 : 1);
  const attributes = attributesXml({
    name: ref,
    tests: run.cases.length + 1,
    failures,
    errors,
    time: seconds(run.cases.flatMap(latencies)),
  });
  const shortfalls = verdict.shortfalls.map(({ message }) => message).join("\n");
  const gate = testCaseXml(
    { classname: ref, name: "gate", time: seconds([]) },
    verdict.pass ? "" : outcomeXml("failure", shortfalls, shortfalls),
  );
  return [
    `<testsuite${attributes}>`,
    gate,
    ...run.cases.map((one) => caseXml(ref, one)),
    "</testsuite>",
  ].join("\n");
}

function caseXml(classname: string, result: CaseResult): string {
  const { place, input, expected, answer, reason, error } = result;
  const name = `case ${place}: ${oneLine(input)}`;
  const body = `input: ${input}\nexpected: ${valueText(expected)}\nanswer: ${answer ?? ""}\n${reason}`;
  const outcome = result.pass ? "" : outcomeXml(error === undefined ? "failure" : "error", reason, body);
  return testCaseXml({ classname, name, time: seconds(latencies(result)) }, outcome);
}

function testCaseXml(attributes: Readonly<Record<string, string>>, outcome: string): string {
  const opening = `<testcase${attributesXml(attributes)}`;
  return outcome === "" ? `${opening}/>` : `${opening}>${outcome}</testcase>`;
}

function outcomeXml(kind: "failure" | "error", message: string, body: string): string {
  return `<${kind}${attributesXml({ message: oneLine(message, 300) })}>${escapeXml(body)}</${kind}>`;
}

function attributesXml(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}

function latencies({ attempts }: CaseResult): readonly number[] {
  return attempts.flatMap(({ latencyMs }) => latencyMs ?? []);
}

function seconds(ms: readonly number[]): string {
  return (ms.reduce((sum, one) => sum + one, 0) / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

/** Everything that XML 1.0 cannot hold, not even escaped, becomes `�`. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
}
