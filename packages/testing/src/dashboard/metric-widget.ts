import { annotationsFaults } from "./annotations.ts";
import { isBoolean, isMap, isNumber, isText, type Members } from "./json-values.ts";
import { type DashboardMessage, fault } from "./message.ts";
import { metricsFaults } from "./metrics.ts";
import { type Shape, shapeFaults } from "./shape.ts";
import { isPeriod, isRegion, isStart, isStat, isTime, oneOf } from "./values.ts";

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
  start: isStart,
  stat: isStat,
  timezone: (value) => isText(value) && /^[+-]\d{4}$/.test(value),
  title: isText,
  trend: isBoolean,
  view: oneOf("bar", "gauge", "pie", "singleValue", "table", "timeSeries"),
  yAxis: isMap,
};
const AXIS: Shape = { label: isText, min: isNumber, max: isNumber, showUnits: isBoolean };

/** What is wrong with the properties of a widget of type `metric`. */
export function metricWidgetFaults(properties: Members, path: string): readonly DashboardMessage[] {
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
      ? [fault(path, "has neither metrics nor an alarm")]
      : []),
    ...(metrics === undefined ? [] : metricsFaults(metrics, `${path}/metrics`)),
    ...(annotations === undefined ? [] : annotationsFaults(annotations, metrics, `${path}/annotations`)),
    ...shapeFaults(yAxis, `${path}/yAxis`, { left: isMap, right: isMap }),
    ...Object.entries(yAxis).flatMap(([side, axis]) => shapeFaults(axis, `${path}/yAxis/${side}`, AXIS)),
    ...(view === "gauge" && !hasScale ? [fault(`${path}/yAxis`, "a gauge has min and max on the left")] : []),
  ];
}
