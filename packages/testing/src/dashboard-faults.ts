/** What CloudWatch has to say of a place in a dashboard's body. */
export interface DashboardMessage {
  readonly DataPath: string;
  readonly Message: string;
}

type Rule = (value: unknown) => boolean;
type Members = Readonly<Record<string, unknown>>;

const MAX_WIDGETS = 500;
const between: (least: number, most: number) => Rule = (least, most) => (value) =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const oneOf: (...values: readonly unknown[]) => Rule =
  (...values) =>
  (value) =>
    values.includes(value);
const isText: Rule = (value) => typeof value === "string";
const isList: Rule = Array.isArray;
const isMap = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const WIDGET = {
  type: oneOf("alarm", "custom", "explorer", "log", "metric", "text"),
  properties: isMap,
  x: between(0, 23),
  y: between(0, Number.MAX_SAFE_INTEGER),
  width: between(1, 24),
  height: between(1, 1000),
};
const METRIC = {
  region: isText,
  view: oneOf("bar", "gauge", "pie", "singleValue", "table", "timeSeries"),
  annotations: isMap,
  metrics: isList,
};
const ANNOTATIONS = { alarms: isList, horizontal: isList, vertical: isList };
const EDGE = {
  value: (value: unknown) =>
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  label: isText,
};
const VERTICAL = {
  ...EDGE,
  color: (value: unknown) => typeof value === "string" && /^#([0-9a-f]{3}){1,2}$/i.test(value),
  fill: oneOf("after", "before", "none"),
  visible: oneOf(true, false),
};

/**
 * What is wrong with a dashboard's body by CloudWatch's documentation, as far as it concerns metrics and vertical annotations.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardFaults(text: string): readonly DashboardMessage[] {
  const body = parse(text);
  if (!isMap(body) || !Array.isArray(body.widgets)) return fault("", "has no list of widgets");
  if (body.widgets.length > MAX_WIDGETS) return fault("/widgets", `has more than ${MAX_WIDGETS} items`);
  return body.widgets.flatMap((widget: unknown, at) => widgetFaults(widget, `/widgets/${at}`));
}

function widgetFaults(widget: unknown, path: string): readonly DashboardMessage[] {
  const found = check(widget, path, WIDGET, ["type", "properties"]);
  if (found.length > 0 || !isMap(widget) || widget.type !== "metric") return found;
  const inside = `${path}/properties`;
  const faults = check(widget.properties, inside, METRIC, ["region"]);
  const { annotations } = widget.properties as { readonly annotations?: Members };
  if (faults.length > 0 || annotations === undefined) return faults;
  return annotationFaults(annotations, `${inside}/annotations`);
}

function annotationFaults(annotations: Members, path: string): readonly DashboardMessage[] {
  const known = check(annotations, path, ANNOTATIONS, [], true);
  if (known.length > 0) return known;
  const { alarms, vertical = [] } = annotations as {
    readonly alarms?: unknown;
    readonly vertical?: readonly unknown[];
  };
  if (alarms !== undefined && Object.keys(annotations).length > 1)
    return fault(path, "has lines besides an alarm");
  return vertical.flatMap((annotation, at) => {
    const place = `${path}/vertical/${at}`;
    if (!Array.isArray(annotation)) return check(annotation, place, VERTICAL, ["value"], true);
    // Two lines with shading between them, of which the first says how it looks.
    const [first, second, ...others] = annotation as readonly unknown[];
    return [
      ...check(first, `${place}/0`, VERTICAL, ["value"], true),
      ...check(second, `${place}/1`, EDGE, ["value"], true),
      ...others.flatMap(() => fault(place, "has more than two lines")),
    ];
  });
}

/** What breaks the rules of a place: a member that is not as it must be or is missing, and where it is `closed` one that has no rule. */
function check(
  members: unknown,
  path: string,
  rules: Readonly<Record<string, Rule>>,
  required: readonly string[],
  closed = false,
): readonly DashboardMessage[] {
  if (!isMap(members)) return fault(path, "is no object");
  const missing = required.filter((name) => members[name] === undefined);
  const wrong = Object.entries(members).filter(([name, value]) => !(rules[name]?.(value) ?? !closed));
  return [
    ...missing.flatMap((name) => fault(path, `has no ${name}`)),
    ...wrong.flatMap(([name, value]) => fault(`${path}/${name}`, `cannot be ${JSON.stringify(value)}`)),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fault(DataPath: string, Message: string): readonly DashboardMessage[] {
  return [{ DataPath, Message }];
}
