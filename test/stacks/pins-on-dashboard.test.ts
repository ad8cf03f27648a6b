import type { Draft } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import { versionKey } from "@promptops/core/ledger";
import {
  appendDraft,
  appendUnknown,
  appendVersion,
  BackDoor,
  describeEngines,
  evaluation,
  pinTo,
  version,
} from "@promptops/testing";
import { expect, it } from "vitest";
import { describeProgram, inputsOf } from "./describe-program.ts";
import { isAllowed, principalsOf } from "./permissions.ts";
import { type EventPattern, matches } from "./rules/event-pattern.ts";
import { STAGE_KINDS } from "./stages.ts";
import { createTableOf, streamRecords } from "./table-request.ts";

const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const ID = "support.classifier";

interface StreamRecord {
  readonly dynamodb: { readonly NewImage?: { readonly type?: { readonly S: string } } };
}

describeProgram("pins on the dashboard", (on) => {
  it.each(STAGE_KINDS)("are drawn on a %s stage when the ledger's stream has one, and every hour", (kind) => {
    const { name } = inputsOf(on(kind), "aws:lambda/function:Function", "PinsOnDashboardFunction");
    const { filterCriteria: _, ...mapping } = inputsOf(on(kind), MAPPING, "PinsOnDashboardStream");
    const { source } = inputsOf(on(kind), "aws:pipes/pipe:Pipe", "TamperAlarm");
    expect(mapping).toEqual({
      functionName: name,
      eventSourceArn: source,
      startingPosition: "TRIM_HORIZON",
      maximumBatchingWindowInSeconds: 5,
      parallelizationFactor: 1,
      bisectBatchOnFunctionError: false,
      maximumRetryAttempts: 2,
      maximumRecordAgeInSeconds: 3600,
    });
    const rule = inputsOf(on(kind), "aws:cloudwatch/eventRule:EventRule", "PinsOnDashboardHourly");
    expect(rule.scheduleExpression).toBe("rate(1 hour)");
    const target = inputsOf(
      on(kind),
      "aws:cloudwatch/eventTarget:EventTarget",
      "PinsOnDashboardHourlyTarget",
    );
    expect(target.rule).toBe(rule.name);
    expect(target.arn).toMatch(new RegExp(`:function:${name}$`));
    const permission = inputsOf(
      on(kind),
      "aws:lambda/permission:Permission",
      "PinsOnDashboardHourlyPermission",
    );
    expect(permission).toMatchObject({
      function: name,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: expect.stringMatching(new RegExp(`:rule/${rule.name}$`)),
    });
  });

  it("are drawn by a function that may change this dashboard, and call no models", async () => {
    const evaluated = on("production");
    const role = principalsOf(evaluated).find(({ name }) => name === "PinsOnDashboard");
    if (role === undefined) throw new Error("there is no role");
    const { eventSourceArn } = inputsOf(evaluated, MAPPING, "PinsOnDashboardStream");
    const dashboard = (name: string) => `arn:aws:cloudwatch::123456789012:dashboard/${name}`;
    const own = dashboard(evaluated.outputs.dashboard as string);
    for (const [action, resource, allowed] of [
      ["cloudwatch:GetDashboard", own, true],
      ["cloudwatch:PutDashboard", own, true],
      ["cloudwatch:DeleteDashboards", own, false],
      ["cloudwatch:PutDashboard", dashboard("promptops-staging-calls"), false],
      ["dynamodb:GetRecords", eventSourceArn as string, true],
      ["dynamodb:GetShardIterator", eventSourceArn as string, true],
      ["dynamodb:DescribeStream", eventSourceArn as string, true],
      ["dynamodb:ListStreams", "*", true],
      ["bedrock:InvokeModel", "arn:aws:bedrock:eu-central-1::foundation-model/any", false],
    ] as const) {
      expect(await isAllowed(evaluated, role, { action, resource }), `${action} ${resource}`).toBe(allowed);
    }
  });

  describeEngines(
    (newTable) => {
      it("are what the filter lets through of the table's stream, and nothing else", async () => {
        const { endpoint, table } = await newTable();
        const address = { endpoint, table: `stack-${table}` };
        await createTableOf(inputsOf(on("production"), "aws:dynamodb/table:Table", "Ledger"), address);
        const ledger = dynamoLedger(address);
        const append = (draft: Draft) => appendDraft(ledger, ID, draft);
        const { contentHash } = (await appendVersion(ledger, version(ID, 1))).data;
        await append(pinTo(ID, [1, 1]));
        await append({ type: "GatesChanged", data: { channels: ["live"] } });
        const mark = { version: 1, contentHash: String(contentHash) };
        await append({ type: "EvaluationRecorded", data: { ...mark, ...evaluation } });
        await append({ type: "PromptUnpinned", data: { channel: "live" } });
        await append({ type: "PromptRetired", data: { forced: false } });
        await append({ type: "PromptRestored", data: {} });
        await appendUnknown(ledger, ID, "PromptFramed");
        const backDoor = new BackDoor(address);
        await backDoor.put({ ...versionKey({ id: ID, version: 1 }), note: "changed" });
        await backDoor.remove({ pk: ID, sk: "0000000002" });

        const records = (await streamRecords(address)) as readonly StreamRecord[];
        expect(records).toHaveLength(11);
        const { filterCriteria } = inputsOf(on("production"), MAPPING, "PinsOnDashboardStream") as {
          filterCriteria: { filters: readonly { pattern: string }[] };
        };
        const patterns = filterCriteria.filters.map(({ pattern }) => JSON.parse(pattern) as EventPattern);
        // Lambda's filters on a table's stream see this member alone.
        expect(patterns.map((pattern) => Object.keys(pattern))).toEqual([["dynamodb"]]);
        const passed = records.filter((record) => patterns.some((pattern) => matches(pattern, record)));
        expect(passed.map(({ dynamodb }) => dynamodb.NewImage?.type?.S)).toEqual([
          "PromptPinned",
          "PromptUnpinned",
          "PromptRetired",
          "PromptRestored",
        ]);
      });
    },
    ["dynoxide"],
  );
});
