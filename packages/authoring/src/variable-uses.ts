import type { TemplatePart, TemplateProblem } from "@promptops/core/domain";

interface VariableUse {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Where a template uses its variables. The parsed parts say which and in what order; this finds them in the text
 * again, passing over braces that are escaped or part of a problem.
 */
export function variableUses(
  text: string,
  parts: readonly TemplatePart[],
  problems: readonly TemplateProblem[],
): readonly VariableUse[] {
  const uses: VariableUse[] = [];
  let from = 0;
  let nextProblem = 0;
  for (const part of parts) {
    if (typeof part === "string") continue;
    const written = new RegExp(`(?<!\\\\)\\{\\{[^\\S\\n]*${part.variable}[^\\S\\n]*\\}\\}`, "g");
    written.lastIndex = from;
    for (let found = written.exec(text); found; found = written.exec(text)) {
      const { index: offset } = found;
      const { length } = found[0];
      while (endOf(problems[nextProblem]) <= offset) nextProblem += 1;
      if (startOf(problems[nextProblem]) < offset + length) continue;
      uses.push({ name: part.variable, offset, length });
      from = offset + length;
      break;
    }
  }
  return uses;
}

function startOf(problem: TemplateProblem | undefined): number {
  return problem ? problem.offset : Number.POSITIVE_INFINITY;
}

function endOf(problem: TemplateProblem | undefined): number {
  return problem ? problem.offset + problem.length : Number.POSITIVE_INFINITY;
}
