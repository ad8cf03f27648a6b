import { isBoolean, isMap, isText, type Members } from "./json-values.ts";
import { type DashboardMessage, fault } from "./message.ts";
import { parseSearch } from "./search-expression.ts";
import { type Shape, shapeFaults } from "./shape.ts";
import { isColor, isPeriod, isRegion, isStat, oneOf } from "./values.ts";

const MAX_METRICS = 500;
const MAX_SEARCHES = 100;
const MAX_DIMENSIONS = 30;
const SEARCH = /SEARCH\(\s*'[^']*'\s*,\s*'[^']*'\s*(?:,[^,()]*)?\)/g;
const ID = /^[a-z][a-zA-Z0-9_]*$/;

const RENDERING: Shape = {
  accountId: (value) => isText(value) && /^\d{12}$/.test(value),
  color: isColor,
  expression: isText,
  id: (value) => isText(value) && ID.test(value),
  label: isText,
  period: isPeriod,
  region: isRegion,
  stat: isStat,
  visible: isBoolean,
  yAxis: oneOf("left", "right"),
};

/** What is wrong with the metrics of a graph: each is a list of namespace, name and dimensions, or one expression. */
export function metricsFaults(metrics: readonly unknown[], path: string): readonly DashboardMessage[] {
  const renderings = metrics
    .map((metric) => (Array.isArray(metric) ? metric.at(-1) : undefined))
    .filter(isMap);
  const ids = renderings.map(({ id }) => id).filter(isText);
  const expressions = renderings.map(({ expression }) => expression).filter(isText);
  const searches = expressions.filter((expression) => /\bSEARCH\(/.test(expression));
  let previous: readonly string[] = [];
  return [
    ...(metrics.length > MAX_METRICS ? [fault(path, `has more than ${MAX_METRICS}`)] : []),
    ...(new Set(ids).size === ids.length ? [] : [fault(path, "an id is there twice")]),
    ...(searches.length > MAX_SEARCHES ? [fault(path, `has more than ${MAX_SEARCHES} searches`)] : []),
    ...metrics.flatMap((metric, at) => {
      const place = `${path}/${at}`;
      if (!Array.isArray(metric) || metric.length === 0) return [fault(place, "is no list")];
      const last: unknown = metric.at(-1);
      const rendering = isMap(last) ? last : undefined;
      const names: readonly unknown[] = rendering === undefined ? metric : metric.slice(0, -1);
      const faults = rendering === undefined ? [] : shapeFaults(rendering, place, RENDERING);
      if (rendering?.expression !== undefined)
        return [...faults, ...expressionFaults(rendering, names, ids, place)];
      if (!names.every(isText)) return [...faults, fault(place, "names are texts")];
      const whole = expand(names, previous);
      if (whole === undefined) return [...faults, fault(place, "repeats what is not there")];
      previous = whole;
      return [...faults, ...nameFaults(whole, place)];
    }),
  ];
}

/** `.` stands for what the metric before has in the same place, `...` for all that it has up to what follows. */
function expand(names: readonly string[], previous: readonly string[]): readonly string[] | undefined {
  const at = names.indexOf("...");
  const whole =
    at < 0
      ? names
      : [
          ...names.slice(0, at),
          ...previous.slice(at, previous.length - (names.length - at - 1)),
          ...names.slice(at + 1),
        ];
  if (at >= 0 && previous.length === 0) return undefined;
  const found = whole.map((name, place) => (name === "." ? previous[place] : name));
  return found.every(isText) && !found.includes("...") ? found : undefined;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Metric.html */
function nameFaults(names: readonly string[], path: string): readonly DashboardMessage[] {
  const [namespace = "", name = "", ...dimensions] = names;
  const dimensionNames = dimensions.filter((_, at) => at % 2 === 0);
  return [
    ...(/^[^:].{0,254}$/.test(namespace) ? [] : [fault(path, "has no namespace")]),
    ...(/^.{1,255}$/.test(name) ? [] : [fault(path, "has no name")]),
    ...(dimensions.length % 2 === 0 ? [] : [fault(path, "a dimension has no value")]),
    ...(dimensionNames.length > MAX_DIMENSIONS
      ? [fault(path, `has more than ${MAX_DIMENSIONS} dimensions`)]
      : []),
    ...(new Set(dimensionNames).size === dimensionNames.length
      ? []
      : [fault(path, "a dimension is there twice")]),
    ...(dimensions.includes("") ? [fault(path, "a dimension is empty")] : []),
  ];
}

function expressionFaults(
  { expression }: Members,
  names: readonly unknown[],
  ids: readonly string[],
  path: string,
): readonly DashboardMessage[] {
  const text = String(expression);
  const alone = names.length === 0 ? [] : [fault(path, "an expression is a metric by itself")];
  const searches = [...text.matchAll(SEARCH)].map(([search]) => search);
  // What is left is math, in which small letters begin an id.
  const math = text.replaceAll(SEARCH, "0");
  const unquoted = math.replaceAll(/"[^"]*"|'[^']*'/g, "0");
  const unknown = [...unquoted.matchAll(/\b[a-z]\w*/g)].map(([id]) => id).filter((id) => !ids.includes(id));
  return [
    ...alone,
    ...searches.flatMap((search) => searchFaults(search, path)),
    ...(/\bSEARCH\b/.test(unquoted) ? [fault(path, "it is not SEARCH('…', 'statistic', period)")] : []),
    ...unknown.map((id) => fault(path, `nothing has the id ${id}`)),
    ...(isBalanced(unquoted) && unquoted.trim() !== "" ? [] : [fault(path, "parentheses do not match")]),
  ];
}

function searchFaults(search: string, path: string): readonly DashboardMessage[] {
  try {
    const { stat, period } = parseSearch(search);
    return [
      ...(isStat(stat) ? [] : [fault(path, `there is no statistic ${stat}`)]),
      ...(period === undefined || isPeriod(period) ? [] : [fault(path, `${period} is no period`)]),
    ];
  } catch (error) {
    return [fault(path, (error as Error).message)];
  }
}

function isBalanced(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === "(") open += 1;
    if (character === ")") open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}
