import { metricsFaults } from "./dashboard-metrics.ts";
import {
  isColor,
  isPeriod,
  isRegion,
  isStat,
  isTime,
  oneOf,
  type Shape,
  shapeFaults,
  wholeWithin,
} from "./dashboard-values.ts";
import { isBoolean, isMap, isNumber, isText, type Members } from "./json-values.ts";

const MAX_WIDGETS = 500;
const MAX_METRICS = 2500;
const COLUMNS = 24;
const DEFAULT_SIZE = 6;

const BODY: Shape = {
  widgets: Array.isArray,
  start: (value) => isTime(value) || (isText(value) && /^-PT?\d+[MHDW]$/.test(value)),
  end: isTime,
  periodOverride: oneOf("auto", "inherit"),
  variables: Array.isArray,
};
const WIDGET: Shape = {
  type: oneOf("alarm", "custom", "explorer", "log", "metric", "text"),
  x: wholeWithin(0, COLUMNS - 1),
  y: wholeWithin(0, Number.MAX_SAFE_INTEGER),
  width: wholeWithin(1, COLUMNS),
  height: wholeWithin(1, 1000),
  properties: isMap,
};
const TEXT: Shape = { markdown: isText, background: oneOf("solid", "transparent") };
const METRIC: Shape = {
  accountId: (value) => isText(value) && /^\d{12}$/.test(value),
  annotations: isMap,
  end: isTime,
  legend: (value) =>
    isMap(value) && oneOf("bottom", "right", "hidden")(value.position) && Object.keys(value).length === 1,
  liveData: isBoolean,
  metrics: Array.isArray,
  period: isPeriod,
  region: isRegion,
  setPeriodToTimeRange: isBoolean,
  singleValueFullPrecision: isBoolean,
  sparkline: isBoolean,
  stacked: isBoolean,
  start: (value) => BODY.start?.(value) === true,
  stat: isStat,
  timezone: (value) => isText(value) && /^[+-]\d{4}$/.test(value),
  title: isText,
  trend: isBoolean,
  view: oneOf("bar", "gauge", "pie", "singleValue", "table", "timeSeries"),
  yAxis: isMap,
};
const AXIS: Shape = { label: isText, min: isNumber, max: isNumber, showUnits: isBoolean };
const ANNOTATIONS: Shape = { alarms: Array.isArray, horizontal: Array.isArray, vertical: Array.isArray };
const LINE: Shape = { label: isText, color: isColor, visible: isBoolean };
const HORIZONTAL: Shape = {
  ...LINE,
  value: isNumber,
  fill: oneOf("above", "below", "none"),
  yAxis: oneOf("left", "right"),
};
const VERTICAL: Shape = { ...LINE, value: isTime, fill: oneOf("after", "before", "none") };

/**
 * What is wrong with a dashboard's body, by what CloudWatch documents: each fault with the path at which it is. Widgets of other
 * types than `metric` and `text` are looked at from outside.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 *
 * @param text the body: JSON.
 *
 * @example
 * dashboardFaults('{"widgets":[{"type":"metric"}]}'); // ["widgets/0: has no properties"]
 */
export function dashboardFaults(text: string): readonly string[] {
  const body = parse(text);
  if (body === undefined) return ["/: is no JSON"];
  const faults = shapeFaults(body, "/", BODY, ["widgets"]);
  if (faults.length > 0 || !isMap(body)) return faults;
  const widgets = body.widgets as readonly unknown[];
  return [
    ...(body.end !== undefined && !isTime(body.start) ? ["end: takes a start that is a time"] : []),
    ...(widgets.length > MAX_WIDGETS ? [`widgets: has more than ${MAX_WIDGETS}`] : []),
    ...widgets.flatMap((widget, at) => widgetFaults(widget, `widgets/${at}`)),
    ...layoutFaults(widgets.filter(isMap)),
    ...(metricsOf(widgets) > MAX_METRICS ? [`widgets: have more than ${MAX_METRICS} metrics together`] : []),
  ];
}

function widgetFaults(widget: unknown, path: string): readonly string[] {
  const faults = shapeFaults(widget, path, WIDGET, ["type", "properties"]);
  if (faults.length > 0 || !isMap(widget)) return faults;
  const properties = widget.properties as Members;
  if (widget.type === "text") return shapeFaults(properties, `${path}/properties`, TEXT, ["markdown"]);
  if (widget.type !== "metric") return [];
  return metricWidgetFaults(properties, `${path}/properties`);
}

function metricWidgetFaults(properties: Members, path: string): readonly string[] {
  const faults = shapeFaults(properties, path, METRIC, ["region"]);
  if (faults.length > 0) return faults;
  const {
    metrics,
    annotations,
    yAxis = {},
    view,
  } = properties as {
    readonly metrics?: readonly unknown[];
    readonly annotations?: Members;
    readonly yAxis?: Members;
    readonly view?: string;
  };
  const { left } = yAxis as { readonly left?: Members };
  const hasScale = isNumber(left?.min) && isNumber(left.max);
  return [
    ...(metrics === undefined && annotations?.alarms === undefined
      ? [`${path}: has neither metrics nor an alarm`]
      : []),
    ...(metrics === undefined ? [] : metricsFaults(metrics, `${path}/metrics`)),
    ...(annotations === undefined ? [] : annotationsFaults(annotations, metrics, `${path}/annotations`)),
    ...shapeFaults(yAxis, `${path}/yAxis`, { left: isMap, right: isMap }),
    ...Object.entries(yAxis).flatMap(([side, axis]) => shapeFaults(axis, `${path}/yAxis/${side}`, AXIS)),
    ...(view === "gauge" && !hasScale ? [`${path}/yAxis: a gauge has min and max on the left`] : []),
  ];
}

function annotationsFaults(annotations: Members, metrics: unknown, path: string): readonly string[] {
  const faults = shapeFaults(annotations, path, ANNOTATIONS);
  if (faults.length > 0) return faults;
  const {
    alarms,
    horizontal = [],
    vertical = [],
  } = annotations as Readonly<Record<string, readonly unknown[] | undefined>>;
  const isAlarm = ([arn, ...others]: readonly unknown[]) =>
    others.length === 0 && isText(arn) && /^arn:[\w-]+:cloudwatch:[\w-]+:\d{12}:alarm:./.test(arn);
  return [
    ...(alarms !== undefined && !isAlarm(alarms) ? [`${path}/alarms: is not the ARN of one alarm`] : []),
    ...(alarms !== undefined && metrics !== undefined ? [`${path}/alarms: is beside metrics`] : []),
    ...horizontal.flatMap((line, at) => lineFaults(line, `${path}/horizontal/${at}`, HORIZONTAL)),
    ...vertical.flatMap((line, at) => lineFaults(line, `${path}/vertical/${at}`, VERTICAL)),
  ];
}

/** An annotation is a line, or a band between two. */
function lineFaults(annotation: unknown, path: string, shape: Shape): readonly string[] {
  if (!Array.isArray(annotation)) return shapeFaults(annotation, path, shape, ["value"]);
  return [
    ...(annotation.length === 2 ? [] : [`${path}: a band has two edges`]),
    ...annotation.flatMap((edge, at) => shapeFaults(edge, `${path}/${at}`, shape, ["value"])),
  ];
}

/** CloudWatch would move what is where something else is, and what goes over the edge. */
function layoutFaults(widgets: readonly Members[]): readonly string[] {
  const areas = widgets.flatMap(({ x, y, width = DEFAULT_SIZE, height = DEFAULT_SIZE }, at) =>
    [x, y, width, height].every(isNumber)
      ? [
          {
            at,
            left: Number(x),
            top: Number(y),
            right: Number(x) + Number(width),
            end: Number(y) + Number(height),
          },
        ]
      : [],
  );
  return areas.flatMap((area, place) => [
    ...(area.right > COLUMNS ? [`widgets/${area.at}: goes over the right edge`] : []),
    ...areas
      .slice(0, place)
      .filter(
        (other) =>
          area.left < other.right && other.left < area.right && area.top < other.end && other.top < area.end,
      )
      .map((other) => `widgets/${area.at}: covers widgets/${other.at}`),
  ]);
}

function metricsOf(widgets: readonly unknown[]): number {
  const lists = widgets.map((widget) =>
    isMap(widget) && isMap(widget.properties) ? widget.properties.metrics : undefined,
  );
  return lists.reduce<number>((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
