import type { FileReport } from "../yaml/file-report.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { checkExpected } from "./check-expected.ts";
import { checkGrader, writtenGrader } from "./check-grader.ts";
import { PROVIDERS } from "./suite-schema.ts";

/** Reports what is wrong between a suite's fields, each of which may be right by itself. */
export function checkSuite(report: FileReport, source: YamlSource): void {
  checkKeywords(report, source);
  if (source.isReported(["grader"])) return;
  const grader = writtenGrader(source);
  if (grader === undefined) return;
  checkGrader(report, source, grader);
  checkExpected(report, source, grader);
}

function checkKeywords(report: FileReport, source: YamlSource): void {
  const { provider, keywords } = source.value;
  if (provider === "keyword") {
    if (keywords !== undefined || source.isReported(["keywords"])) return;
    report.add(() => source.placeOf(["provider"]), {
      code: "keywords-provider",
      problem: 'the provider keyword needs "keywords"',
      expected: "labels, each with the words that speak for it",
      hint: "For example: keywords: {billing: [invoice, refund]}",
    });
    return;
  }
  // One that is no provider may be a misspelt "keyword".
  if (provider !== undefined && !PROVIDERS.some((each) => each === provider)) return;
  for (const name of ["keywords", "fallback"]) {
    if (!Object.hasOwn(source.value, name)) continue;
    report.add(() => source.placeOfKey([name]), {
      code: "keywords-provider",
      problem: `"${name}" is for the provider keyword, and the suite has ${provider ?? "none"}`,
      hint: `Write provider: keyword, or remove "${name}".`,
    });
  }
}
