import { expect, it } from "vitest";
import { dashboardFaults } from "./dashboard-faults.ts";

const value = "2018-08-28T15:25:26Z";
const bodyWith = (annotations: unknown) =>
  JSON.stringify({
    widgets: [{ type: "metric", properties: { region: "us-east-1", metrics: [], annotations } }],
  });

// The first is the documentation's own example, as is the second.
it.each([
  { vertical: [{ visible: true, color: "#9467bd", label: "Bug fix deployed", value, fill: "after" }] },
  {
    vertical: [
      [
        { label: "Band start", value, color: "#9467bd", visible: true },
        { value, label: "Band end" },
      ],
    ],
  },
  { vertical: [], horizontal: [{ value: 20 }] },
])("takes what CloudWatch documents: %j", (annotations) => {
  expect(dashboardFaults(bodyWith(annotations))).toEqual([]);
});

it.each([
  [{ vertical: [{ label: "no time" }] }, "/vertical/0", "has no value"],
  [{ vertical: [{ value: "yesterday" }] }, "/vertical/0/value", 'cannot be "yesterday"'],
  [{ vertical: [{ value: 1_535_469_926 }] }, "/vertical/0/value", "cannot be 1535469926"],
  [{ vertical: [{ value, label: 4 }] }, "/vertical/0/label", "cannot be 4"],
  [{ vertical: [{ value, fill: "above" }] }, "/vertical/0/fill", 'cannot be "above"'],
  [{ vertical: [{ value, time: value }] }, "/vertical/0/time", `cannot be "${value}"`],
  [{ vertical: [[{ value }, { value, color: "#000000" }]] }, "/vertical/0/1/color", 'cannot be "#000000"'],
  [{ vertical: { value } }, "/vertical", `cannot be {"value":"${value}"}`],
  [{ vertical: [{ value }], alarms: ["arn"] }, "", "has lines besides an alarm"],
])("refuses %j", (annotations, path, message) => {
  const DataPath = `/widgets/0/properties/annotations${path}`;
  expect(dashboardFaults(bodyWith(annotations))).toEqual([{ DataPath, Message: message }]);
});

it.each(["", "[]", "{}", '{"widgets":{}}'])("refuses the body %j", (body) => {
  expect(dashboardFaults(body)).toEqual([{ DataPath: "", Message: "has no list of widgets" }]);
});
