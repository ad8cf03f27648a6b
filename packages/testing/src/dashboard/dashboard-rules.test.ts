import { describe, expect, it } from "vitest";
import { dashboardFaults } from "./dashboard-rules.ts";

const PROPERTIES = { region: "eu-central-1", metrics: [["PromptOps", "Invocations", "PromptId", "a.b"]] };
const WIDGET = { type: "metric", x: 0, y: 0, width: 12, height: 6, properties: PROPERTIES };

const told = (text: string) =>
  dashboardFaults(text).map(({ DataPath, Message }) => `${DataPath || "/"}: ${Message}`);
const faults = (body: unknown) => told(JSON.stringify(body));
const ofWidgets = (...widgets: readonly object[]) => faults({ widgets });
const ofWidget = (bent: object) => ofWidgets({ ...WIDGET, ...bent });
const ofProperties = (bent: object) => ofWidget({ properties: { ...PROPERTIES, ...bent } });
const ofMetrics = (...metrics: readonly unknown[]) =>
  ofProperties({ metrics }).map((fault) => fault.replace("/widgets/0/properties/metrics", "…"));
const ofSearch = (expression: string) => ofMetrics([{ expression }]);
const ofAnnotations = (annotations: object) =>
  ofProperties({ annotations }).map((fault) => fault.replace("/widgets/0/properties/annotations", "…"));

describe("dashboardFaults", () => {
  it("finds none in bodies that keep the rules", () => {
    expect(ofWidgets()).toEqual([]);
    expect(ofWidgets(WIDGET, { ...WIDGET, x: 12 }, { ...WIDGET, y: 6, width: 24 })).toEqual([]);
    expect(faults({ start: "-PT6H", periodOverride: "inherit", widgets: [WIDGET] })).toEqual([]);
    expect(faults({ start: "2026-01-01T00:00:00Z", end: "2026-01-02T00:00:00Z", widgets: [] })).toEqual([]);
    expect(ofWidgets({ type: "text", properties: { markdown: "# Calls" } })).toEqual([]);
    expect(
      ofProperties({
        view: "gauge",
        stat: "p99.9",
        period: 60,
        yAxis: { left: { min: 0, max: 100, label: "%" }, right: { showUnits: false } },
        legend: { position: "right" },
      }),
    ).toEqual([]);
  });

  it.each([
    ["", "/: is no JSON"],
    ["{", "/: is no JSON"],
    ["[]", "/: is no object"],
    ["{}", "/: has no widgets"],
    ['{"widgets":{}}', "/widgets: cannot be {}"],
    ['{"widgets":[],"name":"a"}', "/name: is unknown"],
    ['{"widgets":[],"start":"yesterday"}', '/start: cannot be "yesterday"'],
    ['{"widgets":[],"end":"2026-01-02T00:00:00Z"}', "/end: takes a start that is a time"],
    ['{"widgets":[1]}', "/widgets/0: is no object"],
  ])("of %s, that %s", (text, fault) => {
    expect(told(text)).toEqual([fault]);
  });

  it("has at most 500 widgets, and 2,500 metrics", () => {
    const small = { type: "text", properties: { markdown: "" } };
    expect(faults({ widgets: Array.from({ length: 501 }, () => small) })).toEqual([
      "/widgets: has more than 500",
    ]);
    const many = { metrics: Array.from({ length: 500 }, () => ["PromptOps", "Invocations"]) };
    const graphs = Array.from({ length: 6 }, () => ({
      type: "metric",
      properties: { ...PROPERTIES, ...many },
    }));
    expect(faults({ widgets: graphs.slice(0, 5) })).toEqual([]);
    expect(faults({ widgets: graphs })).toEqual(["/widgets: have more than 2500 metrics together"]);
  });

  it.each([
    [{ type: "graph" }, '/widgets/0/type: cannot be "graph"'],
    [{ x: 24 }, "/widgets/0/x: cannot be 24"],
    [{ y: -1 }, "/widgets/0/y: cannot be -1"],
    [{ width: 0 }, "/widgets/0/width: cannot be 0"],
    [{ width: 6.5 }, "/widgets/0/width: cannot be 6.5"],
    [{ height: 1001 }, "/widgets/0/height: cannot be 1001"],
    [{ x: 13 }, "/widgets/0: goes over the right edge"],
    [{ properties: undefined }, "/widgets/0: has no properties"],
    [{ title: "Calls" }, "/widgets/0/title: is unknown"],
  ])("of a widget with %j, that %s", (bent, fault) => {
    expect(ofWidget(bent)[0]).toBe(fault);
  });

  it("are of areas, not of corners", () => {
    expect(ofWidgets(WIDGET, { ...WIDGET, x: 11, y: 5 })).toEqual(["/widgets/1: covers /widgets/0"]);
    expect(ofWidgets(WIDGET, { ...WIDGET, x: 3, y: 2, width: 1, height: 1 })).toEqual([
      "/widgets/1: covers /widgets/0",
    ]);
    expect(ofWidgets(WIDGET, { ...WIDGET, x: 11, y: 6 })).toEqual([]);
  });

  it.each([
    [{ region: undefined }, "/widgets/0/properties: has no region"],
    [{ region: "Frankfurt" }, '/widgets/0/properties/region: cannot be "Frankfurt"'],
    [{ metrics: undefined }, "/widgets/0/properties: has neither metrics nor an alarm"],
    [{ view: "line" }, '/widgets/0/properties/view: cannot be "line"'],
    [{ view: "gauge" }, "/widgets/0/properties/yAxis: a gauge has min and max on the left"],
    [{ period: 90 }, "/widgets/0/properties/period: cannot be 90"],
    [{ period: 0 }, "/widgets/0/properties/period: cannot be 0"],
    [{ stat: "P95" }, '/widgets/0/properties/stat: cannot be "P95"'],
    [{ stacked: "yes" }, '/widgets/0/properties/stacked: cannot be "yes"'],
    [{ legend: { position: "top" } }, '/widgets/0/properties/legend: cannot be {"position":"top"}'],
    [{ yAxis: { top: {} } }, "/widgets/0/properties/yAxis/top: is unknown"],
    [{ yAxis: { left: { min: "0" } } }, '/widgets/0/properties/yAxis/left/min: cannot be "0"'],
    [{ colour: "red" }, "/widgets/0/properties/colour: is unknown"],
  ])("of a graph with %j, that %s", (bent, fault) => {
    expect(ofProperties(bent)).toEqual([fault]);
  });

  it("finds none in metrics as they are documented", () => {
    expect(
      ofMetrics(
        ["AWS/EC2", "CPUUtilization", "InstanceId", "i-1", { stat: "p95", id: "m1", yAxis: "right" }],
        ["...", "i-2"],
        [".", "NetworkIn", ".", "i-3", { color: "#1f77b4", visible: false }],
        [{ expression: "SUM([m1, e2]) / 100", label: "Both", id: "e1" }],
        [{ expression: "SUM(SEARCH('{AWS/EC2,InstanceId} CPU', 'Average', 300))", id: "e2" }],
        [{ expression: 'IF(m1 > 1, FILL(METRICS("m"), 0))' }],
      ),
    ).toEqual([]);
  });

  it.each([
    [["PromptOps"], "…/0: has no name"],
    [[":PromptOps", "Calls"], "…/0: has no namespace"],
    [[], "…/0: is no list"],
    ["PromptOps", "…/0: is no list"],
    [["PromptOps", "Calls", "PromptId"], "…/0: a dimension has no value"],
    [["PromptOps", "Calls", "PromptId", ""], "…/0: a dimension is empty"],
    [["PromptOps", "Calls", "a", "1", "a", "2"], "…/0: a dimension is there twice"],
    [
      ["PromptOps", "Calls", ...Array.from({ length: 62 }, (_, at) => `d${at}`)],
      "…/0: has more than 30 dimensions",
    ],
    [["PromptOps", { stat: "Sum" }, "Calls"], "…/0: names are texts"],
    [["...", "i-2"], "…/0: repeats what is not there"],
    [[".", "Calls"], "…/0: repeats what is not there"],
    [["PromptOps", "Calls", { id: "M1" }], '…/0/id: cannot be "M1"'],
    [["PromptOps", "Calls", { stat: "median" }], '…/0/stat: cannot be "median"'],
    [["PromptOps", "Calls", { color: "red" }], '…/0/color: cannot be "red"'],
    [["PromptOps", "Calls", { width: 2 }], "…/0/width: is unknown"],
    [["PromptOps", { expression: "1" }], "…/0: an expression is a metric by itself"],
    [[{ expression: "m1 + 1" }], "…/0: nothing has the id m1"],
    [[{ expression: "SUM(METRICS()" }], "…/0: parentheses do not match"],
    [[{ expression: ")(" }], "…/0: parentheses do not match"],
    [[{ expression: "" }], "…/0: parentheses do not match"],
  ])("of a metric %j, that %s", (metric, fault) => {
    expect(ofMetrics(metric)).toEqual([fault]);
  });

  it("are of metrics together", () => {
    const same = ["PromptOps", "Calls", { id: "m1" }];
    expect(ofMetrics(same, same)).toEqual(["…: an id is there twice"]);
    expect(ofMetrics(...Array.from({ length: 501 }, () => ["PromptOps", "Calls"]))).toEqual([
      "…: has more than 500",
    ]);
    const search = [{ expression: "SEARCH('{PromptOps}', 'Sum')" }];
    expect(ofMetrics(...Array.from({ length: 101 }, () => search))).toEqual([
      "…: has more than 100 searches",
    ]);
  });

  it.each([
    ["SEARCH('{PromptOps,PromptId} MetricName=', 'Sum', 300)", /expected a value/],
    ["SEARCH('{PromptOps,}', 'Sum', 300)", /expected a dimension/],
    ["SEARCH('{My Namespace} Calls', 'Sum', 300)", /expected , or }/],
    ["SEARCH('{} Calls', 'Sum', 300)", /expected a namespace/],
    ["SEARCH('', 'Sum', 300)", /searches for nothing/],
    ["SEARCH('{PromptOps} (Calls', 'Sum', 300)", /expected a closing parenthesis/],
    ["SEARCH('{PromptOps} Calls)', 'Sum', 300)", /expected the end/],
    ["SEARCH('{PromptOps} Calls OR', 'Sum', 300)", /expected a term/],
    ["SEARCH('{PromptOps} \"Calls', 'Sum', 300)", /expected a term/],
    ["SEARCH('{PromptOps} Calls', 'Total', 300)", /there is no statistic Total/],
    ["SEARCH('{PromptOps} Calls', 'Sum', 90)", /90 is no period/],
    ["SEARCH('{PromptOps} Calls')", /it is not SEARCH/],
    ["SEARCH('{PromptOps} Calls', Sum, 300)", /it is not SEARCH/],
    [`SEARCH('{PromptOps} ${"c".repeat(1024)}', 'Sum', 300)`, /more than 1024 characters/],
  ])("of %s, that it matches %s", (expression, fault) => {
    expect(ofSearch(expression)[0]).toMatch(fault);
  });

  it.each([
    [{ vertical: [{ value: "2026-11-23T10:00:00Z", label: "v3", color: "#ff7f0e", fill: "after" }] }],
    [{ vertical: [{ value: "2026-11-23T10:00:00.123+01:00", visible: false }] }],
    [{ vertical: [[{ value: "2026-11-23T10:00:00Z", label: "from" }, { value: "2026-11-23T11:00:00Z" }]] }],
    // The documentation's own examples.
    [
      {
        vertical: [
          {
            visible: true,
            color: "#9467bd",
            label: "Bug fix deployed",
            value: "2018-08-28T15:25:26Z",
            fill: "after",
          },
        ],
      },
    ],
    [
      {
        vertical: [
          [
            { label: "Band start", value: "2018-08-28T15:25:26Z", color: "#9467bd", visible: true },
            { value: "2018-08-28T15:25:26Z", label: "Band end" },
          ],
        ],
      },
    ],
    [{ vertical: [], horizontal: [{ value: 20 }] }],
    [
      {
        horizontal: [{ value: 10, fill: "below", yAxis: "right" }, [{ value: 1 }, { value: 2, label: "to" }]],
      },
    ],
  ])("finds none in annotations %j", (annotations) => {
    expect(ofAnnotations(annotations)).toEqual([]);
  });

  it.each([
    [{ vertical: [{ label: "v3" }] }, "…/vertical/0: has no value"],
    [{ vertical: [{ value: 1_700_000_000 }] }, "…/vertical/0/value: cannot be 1700000000"],
    [{ vertical: [{ value: "2026-11-23" }] }, '…/vertical/0/value: cannot be "2026-11-23"'],
    [
      { vertical: [{ value: "2026-02-30T10:00:00Z" }] },
      '…/vertical/0/value: cannot be "2026-02-30T10:00:00Z"',
    ],
    [
      { vertical: [{ value: "2026-11-23T10:00:00Z", fill: "above" }] },
      '…/vertical/0/fill: cannot be "above"',
    ],
    [{ vertical: [{ value: "2026-11-23T10:00:00Z", label: 3 }] }, "…/vertical/0/label: cannot be 3"],
    [{ vertical: [{ value: "2026-11-23T10:00:00Z", yAxis: "left" }] }, "…/vertical/0/yAxis: is unknown"],
    [{ vertical: [[{ value: "2026-11-23T10:00:00Z" }]] }, "…/vertical/0: a band has two edges"],
    [{ vertical: [[{ value: "2026-11-23T10:00:00Z" }, { label: "to" }]] }, "…/vertical/0/1: has no value"],
    [
      {
        vertical: [[{ value: "2026-11-23T10:00:00Z" }, { value: "2026-11-23T11:00:00Z", color: "#000000" }]],
      },
      "…/vertical/0/1/color: is unknown",
    ],
    [{ vertical: ["2026-11-23T10:00:00Z"] }, "…/vertical/0: is no object"],
    [{ vertical: [{ value: "yesterday" }] }, '…/vertical/0/value: cannot be "yesterday"'],
    [{ vertical: {} }, "…/vertical: cannot be {}"],
    [{ horizontal: [{ value: "10" }] }, '…/horizontal/0/value: cannot be "10"'],
    [{ horizontal: [{ value: 1, fill: "after" }] }, '…/horizontal/0/fill: cannot be "after"'],
    [{ diagonal: [] }, "…/diagonal: is unknown"],
    [{ alarms: ["arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a"] }, "…/alarms: is beside metrics"],
  ])("of annotations %j, that %s", (annotations, fault) => {
    expect(ofAnnotations(annotations)).toEqual([fault]);
  });

  it("take the place of metrics where they are of one alarm, and of nothing else", () => {
    const arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a";
    const ofAlarms = (alarms: readonly string[], besides: object = {}) =>
      ofWidget({ properties: { region: "eu-central-1", annotations: { alarms, ...besides } } });
    const noAlarm = "/widgets/0/properties/annotations/alarms: is not the ARN of one alarm";
    const lines = "/widgets/0/properties/annotations: has lines besides an alarm";
    expect(ofAlarms([arn])).toEqual([]);
    expect(ofAlarms([arn, arn])).toEqual([noAlarm]);
    expect(ofAlarms(["a"])).toEqual([noAlarm]);
    expect(ofAlarms([arn], { vertical: [{ value: "2026-11-23T10:00:00Z" }] })).toEqual([lines]);
    expect(ofAlarms([arn], { horizontal: [{ value: 20 }] })).toEqual([lines]);
  });
});
