import { formatRef, isVersion } from "@promptops/core/domain";
import type { FileReport } from "../yaml/file-report.ts";
import { isMapping } from "../yaml/path.ts";
import { nearest } from "../yaml/suggest.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";

const METRICS = ["baseline_accuracy", "cost_per_call_usd"];

/**
 * Reports what is wrong between fields that may each be right by themselves. A field that is not as its schema
 * wants it is left alone here, so that one mistake is told of once.
 */
export function checkTogether(report: FileReport, source: YamlSource): void {
  checkText(report, source);
  checkParent(report, source);
  checkTags(report, source);
  checkDefaults(report, source);
  checkMetrics(report, source);
}

function checkText(report: FileReport, source: YamlSource): void {
  const { template, messages } = source.value;
  const found = [template, messages].filter((text) => text !== undefined).length;
  if (found === 1 || source.isReported(["template"]) || source.isReported(["messages"])) return;
  report.add(() => source.placeOfKey([found === 0 ? "template" : "messages"]), {
    code: "template-or-messages",
    problem: found === 0 ? "the prompt has no text" : "both template and messages are given",
    expected: "exactly one of template and messages",
    hint: found === 0 ? 'Write "template: |" and the text below it, indented.' : "Remove one of the two.",
  });
}

function checkParent(report: FileReport, source: YamlSource): void {
  const { id, version, parent } = source.value;
  if (!isVersion(version)) return;
  const own = typeof parent === "string" && typeof id === "string" && parent.startsWith(`${id}#`);
  const parentVersion = own ? Number(parent.slice(id.length + 1)) : parent;
  if (!isVersion(parentVersion) || parentVersion < version) return;
  const name = typeof id === "string" ? formatRef({ id, version }) : `version ${version}`;
  report.add(() => source.placeOf(["parent"]), {
    code: "parent-version",
    problem:
      parentVersion === version
        ? `${name} names itself as its parent`
        : `${name} names a later version as its parent`,
    expected: "the version that this one was made from",
    hint:
      version > 1 ? `For example: parent: ${version - 1}` : "A first version has no parent: remove the line.",
  });
}

function checkTags(report: FileReport, source: YamlSource): void {
  const { tags } = source.value;
  if (!Array.isArray(tags)) return;
  const seen = new Set<unknown>();
  for (const [index, tag] of tags.entries()) {
    if (typeof tag !== "string" || !seen.has(tag)) {
      seen.add(tag);
      continue;
    }
    report.add(() => source.placeOf(["tags", index]), {
      code: "invalid-value",
      problem: `the tag "${tag}" is here twice`,
      expected: "each tag once",
      hint: "Remove one of the two.",
    });
  }
}

function checkDefaults(report: FileReport, source: YamlSource): void {
  const { variables } = source.value;
  if (!isMapping(variables)) return;
  for (const [name, variable] of Object.entries(variables)) {
    if (!isMapping(variable) || variable.default === undefined) continue;
    const type = String(variable.type);
    const given = typeof variable.default;
    const comparable = ["string", "number", "boolean"];
    if (comparable.includes(type) && comparable.includes(given) && given !== type) {
      report.add(() => source.placeOf(["variables", name, "default"]), {
        code: "wrong-type",
        problem: `the default of "${name}" is a ${given}, not a ${type}`,
        expected: `a ${type}, as the variable's type says`,
        hint: type === "string" ? `Put it in quotes: default: "${variable.default}"` : undefined,
      });
    }
    if (variable.required === true) {
      report.add(() => source.placeOf(["variables", name, "required"]), {
        code: "invalid-value",
        problem: `"${name}" is required and has a default`,
        expected: "one or the other: a variable with a default is never missing",
        hint: "Remove one of the two lines.",
      });
    }
  }
}

/** Any name may be measured, but one letter off a name that the gates read is a gate that stays open. */
function checkMetrics(report: FileReport, source: YamlSource): void {
  const { metrics } = source.value;
  if (!isMapping(metrics)) return;
  for (const name of Object.keys(metrics)) {
    const meant = METRICS.includes(name) ? undefined : nearest(name, METRICS);
    if (meant === undefined) continue;
    report.add(() => source.placeOfKey(["metrics", name]), {
      code: "metric-name",
      severity: "warning",
      problem: `"${name}" is not a metric that is known here`,
      hint: `Did you mean "${meant}"?`,
    });
  }
}
