import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import { GOOD_OUTPUTS, StageServer } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, disconnect } from "./clients.ts";
import { examineStage } from "./examine.ts";
import type { Finding } from "./finding.ts";

const MINUTE_MS = 60_000;

let server: StageServer;
beforeEach(async () => {
  server = new StageServer();
  lead(StageServer.environment(await server.start()));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

function lead(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

const notFine = (findings: readonly Finding[]) => findings.filter(({ state }) => state !== "fine");

describe("a stage that is well", () => {
  it("is fine in every check, in a fixed order", async () => {
    const findings = await examineStage(GOOD_OUTPUTS);
    expect(notFine(findings)).toEqual([]);
    expect([...new Set(findings.map(({ check }) => check))]).toEqual([
      "identity",
      "clock",
      "outputs",
      "table",
      "recovery",
      "time-to-live",
      "policy",
      "stream",
      "tamper-alarm",
      "blobs",
      "functions",
      "layer",
      "firehose",
      "events",
      "recipients",
      "alarms",
    ]);
    expect(findings.map(({ says }) => says)).toContain(
      "the newest came 4 min ago; no errors in the last day",
    );
  });
});

describe("the lake", () => {
  it("is asked in few requests, however many days and objects there are", async () => {
    const { lake } = server.parts;
    const [newest] = lake.objects;
    if (newest === undefined) throw new Error("a good stage has an event");
    for (let day = 1; day <= 60; day += 1) {
      const at = new Date(newest.at.getTime() - day * 24 * 60 * MINUTE_MS);
      const folder = `events/dt=${at.toISOString().slice(0, 10)}`;
      for (let hour = 0; hour < 24; hour += 1) lake.objects.push({ key: `${folder}/hour=${hour}/a`, at });
    }
    const folder = newest.key.slice(0, newest.key.lastIndexOf("/"));
    for (let count = 0; count < 1_500; count += 1) {
      lake.objects.push({ key: `${folder}/a${count}`, at: new Date(newest.at.getTime() - MINUTE_MS) });
    }
    const findings = await examineStage(GOOD_OUTPUTS);
    expect(findings.find(({ check }) => check === "events")).toMatchObject({
      state: "fine",
      facts: { key: newest.key },
    });
    expect(server.asked.filter((action) => action === "s3:ListBucket")).toHaveLength(5);
  });

  it("is not taken in by days that are not yet", async () => {
    const { objects } = server.parts.lake;
    const key = objects[0]?.key;
    for (const day of ["2199-01-01", "null"])
      objects.push({ key: `events/dt=${day}/hour=00/a`, at: new Date(0) });
    expect(await examineStage(GOOD_OUTPUTS)).toContainEqual(
      expect.objectContaining({ check: "events", facts: expect.objectContaining({ key }) }),
    );
  });

  it("may be empty", async () => {
    server.parts.lake.objects.splice(0);
    expect(await examineStage(GOOD_OUTPUTS)).toContainEqual(
      expect.objectContaining({
        check: "events",
        state: "fine",
        says: expect.stringContaining("none in the last 30 days"),
      }),
    );
  });
});

describe("the caller", () => {
  it("is told of another account, and of nothing there", async () => {
    server.parts.caller = { account: "999999999999", arn: "arn:aws:iam::999999999999:user/ada" };
    expect(await examineStage(GOOD_OUTPUTS)).toMatchObject([
      { check: "identity", state: "wrong", says: expect.stringContaining("production is in 123456789012") },
      { check: "clock", state: "fine" },
    ]);
    expect(server.asked).toEqual(["sts:GetCallerIdentity"]);
  });

  it.each([
    [10, /behind AWS's/],
    [2, /behind AWS's/],
    [-10, /ahead of AWS's/],
  ])("is told that AWS's clock is %i minutes ahead of this machine's", async (minutes, says) => {
    server.clockMs = minutes * MINUTE_MS;
    const findings = notFine(await examineStage(GOOD_OUTPUTS));
    expect(findings).toMatchObject([{ check: "clock", state: "wrong", says: expect.stringMatching(says) }]);
    expect(Math.abs(Number(findings[0]?.facts?.secondsAhead) + 60 * minutes)).toBeLessThan(20);
  });

  it.each([
    ["dynamodb:DescribeTable", ["table", "stream", "tamper-alarm"]],
    ["dynamodb:DescribeContinuousBackups", ["recovery"]],
    ["dynamodb:DescribeTimeToLive", ["time-to-live"]],
    ["dynamodb:GetResourcePolicy", ["policy"]],
    ["pipes:DescribePipe", ["tamper-alarm"]],
    ["s3:GetBucketVersioning", ["blobs"]],
    ["s3:GetBucketPolicy", ["blobs"]],
    ["lambda:GetFunctionConfiguration", ["functions"]],
    ["lambda:ListLayerVersions", ["layer"]],
    ["firehose:DescribeDeliveryStream", ["firehose"]],
    ["s3:ListBucket", ["events"]],
    ["sns:ListSubscriptionsByTopic", ["recipients"]],
    ["cloudwatch:DescribeAlarms", ["alarms"]],
  ])("is told what is not known without %s", async (action, checks) => {
    server.denied.add(action);
    const findings = notFine(await examineStage(GOOD_OUTPUTS));
    expect(findings).toEqual(
      checks.map((check) =>
        expect.objectContaining({
          check,
          state: "unknown",
          says: `the caller may not look: ${action} is denied`,
          mend: expect.stringContaining(action),
        }),
      ),
    );
  });

  it("asks no more than these", async () => {
    await examineStage(GOOD_OUTPUTS);
    const told = [
      "cloudwatch:DescribeAlarms",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable",
      "dynamodb:DescribeTimeToLive",
      "dynamodb:GetResourcePolicy",
      "firehose:DescribeDeliveryStream",
      "lambda:GetFunctionConfiguration",
      "lambda:ListLayerVersions",
      "pipes:DescribePipe",
      "s3:GetBucketPolicy",
      "s3:GetBucketVersioning",
      "s3:ListBucket",
      "sns:ListSubscriptionsByTopic",
      "ssm:GetParameter",
      "sts:GetCallerIdentity",
    ];
    expect([...new Set(server.asked)].sort()).toEqual(told);
  });
});

describe("outputs", () => {
  const CALLER = ["sts:GetCallerIdentity", "ssm:GetParameter"];
  const CALLER_FINE = [
    { check: "identity", state: "fine" },
    { check: "clock", state: "fine" },
  ];

  it("are fine in whichever order the account has them, and whatever a later release says besides", async () => {
    const theirs = Object.fromEntries([...Object.entries(GOOD_OUTPUTS).reverse(), ["later", "x"]]);
    server.parts.parameter = { name: "/promptops/production", value: JSON.stringify(theirs) };
    expect(await examineStage(GOOD_OUTPUTS)).toContainEqual({
      check: "outputs",
      state: "fine",
      says: "as the account has them",
    });
  });

  it.each([
    ["another", { ...GOOD_OUTPUTS, layer: GOOD_OUTPUTS.layer.replace(":7", ":8") }, "layer"],
    ["fewer", { ...GOOD_OUTPUTS, functions: GOOD_OUTPUTS.functions.slice(1) }, "functions"],
    ["no", { ...GOOD_OUTPUTS, breakGlassRole: undefined }, "breakGlassRole"],
  ])("are wrong where the account has %s, and nothing is judged by them", async (_, theirs, differs) => {
    server.parts.parameter = { name: "/promptops/production", value: JSON.stringify(theirs) };
    server.parts.table = undefined;
    expect(await examineStage(GOOD_OUTPUTS)).toMatchObject([
      ...CALLER_FINE,
      {
        check: "outputs",
        state: "wrong",
        says: `what a deployment from this folder said is not what the account has: ${differs}`,
        mend: expect.stringMatching(/\.sst\/outputs\.json.*AWS_REGION/),
        facts: { differ: [differs] },
      },
    ]);
    expect(server.asked).toEqual(CALLER);
  });

  it("are wrong where the account has the stage nowhere in the region", async () => {
    server.parts.parameter = undefined;
    expect(await examineStage(GOOD_OUTPUTS)).toMatchObject([
      ...CALLER_FINE,
      {
        check: "outputs",
        state: "wrong",
        says: "what a deployment from this folder said is not what the account has: it has no /promptops/production in eu-central-1",
      },
    ]);
  });

  it("are unknown where they may not be read, and nothing is judged by them", async () => {
    server.denied.add("ssm:GetParameter");
    expect(await examineStage(GOOD_OUTPUTS)).toMatchObject([
      ...CALLER_FINE,
      {
        check: "outputs",
        state: "unknown",
        says: "the caller may not look: ssm:GetParameter is denied",
        mend: expect.stringContaining("ssm:GetParameter"),
      },
    ]);
    expect(server.asked).toEqual(CALLER);
  });
});

describe("an endpoint that is no URL", () => {
  it.each(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])("is named by its variable: %s", async (name) => {
    vi.stubEnv("AWS_ENDPOINT_URL_S3", "");
    vi.stubEnv(name, "foo");
    await expect(examineStage(GOOD_OUTPUTS)).rejects.toMatchObject({
      blame: "user",
      code: "bad-endpoint",
      message: `${name} is no URL: foo`,
    });
  });

  it("leaves one thing unknown, where it is that of one service", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_FIREHOSE", "foo");
    expect(notFine(await examineStage(GOOD_OUTPUTS))).toMatchObject([
      { check: "firehose", state: "unknown" },
    ]);
  });
});

describe("a service", () => {
  it("that is not there leaves one thing unknown", async () => {
    const gone = new StageServer();
    vi.stubEnv("AWS_ENDPOINT_URL_FIREHOSE", await gone.start());
    await gone.stop();
    expect(notFine(await examineStage(GOOD_OUTPUTS))).toMatchObject([
      {
        check: "firehose",
        state: "unknown",
        says: expect.stringContaining("firehose:DescribeDeliveryStream reaches nobody"),
      },
    ]);
  });

  it.each([407, 200])("that a proxy answers for, with %i, leaves one thing unknown", async (status) => {
    const proxy = createServer((_, response) => response.writeHead(status).end("<p>Log in<br></p>"));
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    for (const service of ["PIPES", "SNS"]) {
      vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    }
    const findings = notFine(await examineStage(GOOD_OUTPUTS));
    proxy.close();
    expect(findings).toMatchObject([
      {
        check: "tamper-alarm",
        state: "unknown",
        says: "something other than AWS answers pipes:DescribePipe",
      },
      {
        check: "recipients",
        state: "unknown",
        says: "something other than AWS answers sns:ListSubscriptionsByTopic",
      },
    ]);
  });

  it("that never answers leaves one thing unknown, in time", async () => {
    server.silent.add("pipes:DescribePipe");
    expect(notFine(await examineStage(GOOD_OUTPUTS))).toMatchObject([
      {
        check: "tamper-alarm",
        state: "unknown",
        says: "pipes:DescribePipe got no answer in time",
      },
    ]);
  });

  it("STS may be silent: the stage is looked at all the same", async () => {
    const gone = new StageServer();
    vi.stubEnv("AWS_ENDPOINT_URL_STS", await gone.start());
    await gone.stop();
    expect(notFine(await examineStage(GOOD_OUTPUTS))).toMatchObject([
      { check: "identity", state: "unknown" },
      { check: "clock", state: "unknown" },
    ]);
  });
});

/** What the tests above stand on. */
describe("the servers of these tests", () => {
  it("refuse all that they do not know, each in its service's way", async () => {
    const clients = connect("eu-central-1");
    const refused = async (answer: Promise<unknown>) =>
      answer.then(
        () => "taken",
        ({ name }: Error) => name,
      );
    const { dynamodb, lambda, s3, sns } = clients;
    expect(await refused(dynamodb.send(new ListTablesCommand({})))).toBe("UnknownOperationException");
    expect(await refused(dynamodb.send(new PutItemCommand({ TableName: "t", Item: {} })))).toBe(
      "UnknownOperationException",
    );
    expect(await refused(lambda.send(new InvokeCommand({ FunctionName: "f" })))).toBe(
      "UnknownOperationException",
    );
    expect(await refused(s3.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "text" })))).toBe(
      "NotImplemented",
    );
    expect(await refused(sns.send(new PublishCommand({ TopicArn: GOOD_OUTPUTS.alarms, Message: "m" })))).toBe(
      "InvalidAction",
    );
    disconnect(clients);
  });

  it("take no signature that is old, until the SDK knows their time", async () => {
    server.clockMs = 20 * MINUTE_MS;
    await examineStage(GOOD_OUTPUTS);
    expect(server.refusedByTime).toBeGreaterThan(0);
  });
});
