import { isBoolean, isNumber, isText, type Members } from "./json-values.ts";
import { type DashboardMessage, fault } from "./message.ts";
import { type Shape, shapeFaults } from "./shape.ts";
import { isColor, isTime, oneOf } from "./values.ts";

const ANNOTATIONS: Shape = { alarms: Array.isArray, horizontal: Array.isArray, vertical: Array.isArray };
const LINE: Shape = { label: isText, color: isColor, visible: isBoolean };
const HORIZONTAL: Shape = {
  ...LINE,
  value: isNumber,
  fill: oneOf("above", "below", "none"),
  yAxis: oneOf("left", "right"),
};
const VERTICAL: Shape = { ...LINE, value: isTime, fill: oneOf("after", "before", "none") };
/** The second edge of a band in time, of which the first says how it looks. */
const VERTICAL_END: Shape = { value: isTime, label: isText };

/** What is wrong with what is drawn on a graph besides its metrics. */
export function annotationsFaults(
  annotations: Members,
  metrics: unknown,
  path: string,
): readonly DashboardMessage[] {
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
    ...(alarms !== undefined && !isAlarm(alarms)
      ? [fault(`${path}/alarms`, "is not the ARN of one alarm")]
      : []),
    ...(alarms !== undefined && metrics !== undefined ? [fault(`${path}/alarms`, "is beside metrics")] : []),
    ...(alarms !== undefined && Object.keys(annotations).length > 1
      ? [fault(path, "has lines besides an alarm")]
      : []),
    ...horizontal.flatMap((line, at) => lineFaults(line, `${path}/horizontal/${at}`, HORIZONTAL)),
    ...vertical.flatMap((line, at) => lineFaults(line, `${path}/vertical/${at}`, VERTICAL, VERTICAL_END)),
  ];
}

/** An annotation is a line, or a band between two. */
function lineFaults(
  annotation: unknown,
  path: string,
  shape: Shape,
  shapeOfEnd = shape,
): readonly DashboardMessage[] {
  if (!Array.isArray(annotation)) return shapeFaults(annotation, path, shape, ["value"]);
  return [
    ...(annotation.length === 2 ? [] : [fault(path, "a band has two edges")]),
    ...annotation.flatMap((edge, at) =>
      shapeFaults(edge, `${path}/${at}`, at === 0 ? shape : shapeOfEnd, ["value"]),
    ),
  ];
}
