import { isMap, isText, type Members } from "./json-values.ts";
import { COLUMNS, layoutFaults } from "./layout.ts";
import { type DashboardMessage, fault } from "./message.ts";
import { metricWidgetFaults } from "./metric-widget.ts";
import { type Shape, shapeFaults } from "./shape.ts";
import { isStart, isTime, oneOf, wholeWithin } from "./values.ts";

const MAX_WIDGETS = 500;
const MAX_METRICS = 2500;

const BODY: Shape = {
  widgets: Array.isArray,
  start: isStart,
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

/**
 * What is wrong with a dashboard's body, by what CloudWatch documents: each fault with the path at which it is. Widgets of other
 * types than `metric` and `text` are looked at from outside.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 *
 * @param text the body: JSON.
 *
 * @example
 * dashboardFaults('{"widgets":[{"type":"metric"}]}'); // [{ DataPath: "/widgets/0", Message: "has no properties" }]
 */
export function dashboardFaults(text: string): readonly DashboardMessage[] {
  const body = parse(text);
  if (body === undefined) return [fault("", "is no JSON")];
  const faults = shapeFaults(body, "", BODY, ["widgets"]);
  if (faults.length > 0 || !isMap(body)) return faults;
  const widgets = body.widgets as readonly unknown[];
  return [
    ...(body.end !== undefined && !isTime(body.start) ? [fault("/end", "takes a start that is a time")] : []),
    ...(widgets.length > MAX_WIDGETS ? [fault("/widgets", `has more than ${MAX_WIDGETS}`)] : []),
    ...widgets.flatMap((widget, at) => widgetFaults(widget, `/widgets/${at}`)),
    ...layoutFaults(widgets.filter(isMap)),
    ...(metricsOf(widgets) > MAX_METRICS
      ? [fault("/widgets", `have more than ${MAX_METRICS} metrics together`)]
      : []),
  ];
}

function widgetFaults(widget: unknown, path: string): readonly DashboardMessage[] {
  const faults = shapeFaults(widget, path, WIDGET, ["type", "properties"]);
  if (faults.length > 0 || !isMap(widget)) return faults;
  const properties = widget.properties as Members;
  if (widget.type === "text") return shapeFaults(properties, `${path}/properties`, TEXT, ["markdown"]);
  if (widget.type !== "metric") return [];
  return metricWidgetFaults(properties, `${path}/properties`);
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
