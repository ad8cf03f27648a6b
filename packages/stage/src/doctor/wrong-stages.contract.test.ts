import { GOOD_OUTPUTS, StageServer } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { examineStage } from "./examine.ts";
import type { Finding } from "./finding.ts";

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

/** What a policy of the stage says, to be bent. */
interface Statement {
  Effect: string;
  Principal: unknown;
  Action: string | string[];
  Resource: string;
  Condition: Record<string, Record<string, unknown>>;
}

function bendPolicy(text: string | undefined, bend: (statements: [Statement, Statement]) => void): string {
  const policy = JSON.parse(text ?? "") as { Statement: [Statement, Statement] };
  bend(policy.Statement);
  return JSON.stringify(policy);
}

type Parts = StageServer["parts"];
type Variant = readonly [what: string, bend: (parts: Parts) => void, check: string, says: string];

/** The parts that every good stage has. */
const table = ({ table: found }: Parts) => found as NonNullable<Parts["table"]>;
const pipe = ({ pipe: found }: Parts) => found as NonNullable<Parts["pipe"]>;
const first = <Item>([item]: readonly Item[]) => item as Item;
const conversion = ({ streams }: Parts) =>
  first(first(streams).Destinations).ExtendedS3DestinationDescription.DataFormatConversionConfiguration;
const errorAt = (hoursAgo: number) => {
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  return { key: `errors/format-conversion-failed/dt=${at.toISOString().slice(0, 10)}/a-${hoursAgo}`, at };
};

const STRANGER = "arn:aws:iam::123456789012:role/intern";
const WRONG: readonly Variant[] = [
  [
    "a table that is being changed",
    (parts) => {
      table(parts).TableStatus = "UPDATING";
    },
    "table",
    "is UPDATING, not ACTIVE",
  ],
  [
    "a missing index",
    (parts) => void table(parts).GlobalSecondaryIndexes.splice(2, 1),
    "table",
    "the index audit is missing",
  ],
  [
    "an index by another key",
    (parts) => {
      first(first(table(parts).GlobalSecondaryIndexes).KeySchema).AttributeName = "pk";
    },
    "table",
    "the key of the index children is pk and pk, not parent and pk",
  ],
  [
    "an index that holds everything",
    (parts) => {
      first(table(parts).GlobalSecondaryIndexes).Projection.ProjectionType = "ALL";
    },
    "table",
    "the index children holds ALL",
  ],
  [
    "a table with reads of a fixed number",
    (parts) => delete table(parts).BillingModeSummary,
    "table",
    "billed as PROVISIONED",
  ],
  [
    "no deletion protection",
    (parts) => {
      table(parts).DeletionProtectionEnabled = false;
    },
    "table",
    "not protected from deletion",
  ],
  [
    "no recovery",
    ({ recovery }) => {
      recovery.PointInTimeRecoveryStatus = "DISABLED";
    },
    "recovery",
    "point-in-time recovery is off",
  ],
  [
    "a short recovery",
    ({ recovery }) => {
      recovery.RecoveryPeriodInDays = 7;
    },
    "recovery",
    "the last 7 days, not 35",
  ],
  [
    "a time to live",
    ({ timeToLive }) => void Object.assign(timeToLive, { TimeToLiveStatus: "ENABLED", AttributeName: "at" }),
    "time-to-live",
    "is ENABLED by the attribute at",
  ],
  [
    "no policy",
    (parts) => {
      parts.policy = undefined;
    },
    "policy",
    "has no policy",
  ],
  [
    "a policy without one action",
    (parts) => {
      parts.policy = bendPolicy(parts.policy, ([overwrites]) => void (overwrites.Action as string[]).pop());
    },
    "policy",
    "does not deny everybody dynamodb:UpdateItem",
  ],
  [
    "a policy that spares another role too",
    (parts) => {
      parts.policy = bendPolicy(parts.policy, ([{ Condition }]) => {
        Condition.ArnNotEquals = { "aws:PrincipalArn": [GOOD_OUTPUTS.breakGlassRole, STRANGER] };
      });
    },
    "policy",
    `spares ${STRANGER}`,
  ],
  [
    "a policy under a further condition",
    (parts) => {
      parts.policy = bendPolicy(parts.policy, ([, { Condition }]) => {
        Condition.Bool = { "aws:MultiFactorAuthPresent": "false" };
      });
    },
    "policy",
    "does not deny everybody dynamodb:DeleteResourcePolicy, dynamodb:DeleteTable,",
  ],
  [
    "a stream without old images",
    (parts) => {
      table(parts).StreamSpecification = { StreamEnabled: true, StreamViewType: "NEW_IMAGE" };
    },
    "stream",
    "has NEW_IMAGE",
  ],
  [
    "a stopped pipe",
    (parts) => {
      pipe(parts).CurrentState = "STOPPED";
    },
    "tamper-alarm",
    "is STOPPED, not RUNNING",
  ],
  [
    "no pipe",
    (parts) => {
      parts.pipe = undefined;
    },
    "tamper-alarm",
    "there is no pipe",
  ],
  [
    "a pipe from an old stream",
    (parts) => {
      table(parts).LatestStreamArn += "-restored";
    },
    "tamper-alarm",
    "but the table's stream is",
  ],
  [
    "a bucket of blobs without versions",
    ({ blobs }) => {
      blobs.versioning = "Suspended";
    },
    "blobs",
    "keeps no versions of objects (Suspended)",
  ],
  [
    "a bucket of blobs without a policy",
    ({ blobs }) => {
      blobs.policy = undefined;
    },
    "blobs",
    "does not deny everybody s3:DeleteObject, s3:DeleteObjectVersion, s3:PutObject over an object",
  ],
  [
    "no bucket of blobs",
    ({ blobs }) => {
      blobs.name = "other";
    },
    "blobs",
    "there is no bucket",
  ],
  [
    "a function that failed",
    ({ functions }) => void Object.assign(first(functions), { State: "Failed", StateReason: "no role" }),
    "functions",
    "is Failed, not Active: no role",
  ],
  [
    "a function that was not updated",
    ({ functions }) => {
      first(functions).LastUpdateStatus = "Failed";
    },
    "functions",
    "was not updated (Failed)",
  ],
  [
    "a function that reads another table",
    ({ functions }) => {
      first(functions).Environment.Variables.PROMPTOPS_TABLE = "restored";
    },
    "functions",
    "reads restored (PROMPTOPS_TABLE), not promptops-production-ledger",
  ],
  [
    "a function with an old layer",
    ({ functions }) => {
      first(first(functions).Layers).Arn = GOOD_OUTPUTS.layer.replace(":7", ":6");
    },
    "functions",
    "production-layer:6, not",
  ],
  [
    "a function on an old runtime",
    ({ functions }) => {
      first(functions).Runtime = "nodejs22.x";
    },
    "functions",
    "runs on nodejs22.x",
  ],
  [
    "a missing function",
    ({ functions }) => void functions.pop(),
    "functions",
    "pins-on-dashboard is not there",
  ],
  [
    "a newer layer",
    ({ layer }) => void layer.versions.unshift(8),
    "layer",
    "version 8 of promptops-production-layer is newer than the deployed one, 7",
  ],
  ["a deleted layer", ({ layer }) => void layer.versions.shift(), "layer", "version 7 of"],
  [
    "a stream of Firehose that failed",
    ({ streams }) =>
      void Object.assign(first(streams), {
        DeliveryStreamStatus: "CREATING_FAILED",
      }),
    "firehose",
    "is CREATING_FAILED, not ACTIVE",
  ],
  [
    "a stream of Firehose whose key is gone",
    ({ streams }) => {
      first(streams).FailureDescription = { Type: "DISABLED_KMS_KEY", Details: "The key is disabled" };
    },
    "firehose",
    "failed: DISABLED_KMS_KEY: The key is disabled",
  ],
  ["a missing stream of Firehose", ({ streams }) => void streams.pop(), "firehose", "there is no stream"],
  [
    "a stream of Firehose that does not convert",
    (parts) => {
      conversion(parts).Enabled = false;
    },
    "firehose",
    "does not convert events",
  ],
  [
    "a stream of Firehose for another table",
    (parts) => {
      conversion(parts).SchemaConfiguration.TableName = "test";
    },
    "firehose",
    "writes for the table promptops_production_events.test",
  ],
  [
    "errors in the lake",
    ({ lake }) => void lake.objects.push(errorAt(0.1), errorAt(40)),
    "events",
    "1 object of the last day in s3://promptops-production-lakebucket-bdvfbzta/errors/format-conversion-failed/dt=",
  ],
  [
    "no lake",
    ({ lake }) => {
      lake.name = "other";
    },
    "events",
    "there is no bucket promptops-production-lakebucket-bdvfbzta: events are lost",
  ],
  [
    "no recipient of alarms",
    ({ topic }) => void topic.subscriptions.pop(),
    "recipients",
    "nobody is told of alarms",
  ],
  [
    "a recipient who has not confirmed",
    ({ topic }) => {
      first(topic.subscriptions).SubscriptionArn = "PendingConfirmation";
    },
    "recipients",
    "platform@example.com has not confirmed",
  ],
  [
    "no topic",
    ({ topic }) => {
      topic.arn += "-other";
    },
    "recipients",
    "there is no topic",
  ],
  [
    "an alarm that rings",
    ({ alarms }) =>
      void Object.assign(first(alarms), { StateValue: "ALARM", StateReason: "1 datapoint [31.0] was over" }),
    "alarms",
    "promptops-production-calls-failing rings since 2026-05-01T08:10:00.000Z: About calls-failing. 1 datapoint [31.0] was over",
  ],
  [
    "an alarm that was switched off",
    ({ alarms }) => {
      first(alarms).ActionsEnabled = false;
    },
    "alarms",
    "tells nobody",
  ],
  [
    "an alarm that rings for others",
    ({ alarms }) => {
      first(alarms).AlarmActions = ["arn:aws:sns:eu-central-1:123456789012:other"];
    },
    "alarms",
    "promptops-production-calls-failing tells others, not the topic of alarms",
  ],
  ["no alarms", ({ alarms }) => void alarms.splice(0), "alarms", "there are no alarms"],
];

describe("a stage in which one thing is wrong", () => {
  it.each(WRONG)("says so of %s, and of nothing else", async (_, bend, check, says) => {
    bend(server.parts);
    const findings = notFine(await examineStage(GOOD_OUTPUTS));
    expect(findings).toEqual([
      expect.objectContaining({
        check,
        state: "wrong",
        says: expect.stringContaining(says),
        mend: expect.stringMatching(/./),
      }),
    ]);
  });

  it("says it of a missing table once: it is to be restored, not made anew", async () => {
    server.parts.table = undefined;
    const findings = await examineStage(GOOD_OUTPUTS);
    expect(notFine(findings)).toMatchObject([
      { check: "table", says: expect.stringContaining("there is no table") },
    ]);
    expect(findings.map(({ check }) => check)).not.toContain("tamper-alarm");
  });

  it.each([
    ["missing", undefined],
    ["being deleted", "DELETING"],
  ])("advises nothing that would make an empty table in place of one that is %s", async (_, status) => {
    const { parts } = server;
    if (status === undefined) parts.table = undefined;
    else table(parts).TableStatus = status;
    pipe(parts).CurrentState = "START_FAILED";
    pipe(parts).Target += "-other";
    parts.blobs.versioning = undefined;
    parts.functions.pop();
    parts.layer.versions.shift();
    parts.streams.pop();
    parts.topic.subscriptions.pop();
    parts.alarms.splice(0);
    const [ofTable, ...others] = notFine(await examineStage(GOOD_OUTPUTS));
    expect(ofTable).toMatchObject({ check: "table", mend: expect.stringMatching(/^Restore it as it was/) });
    expect([...new Set(others.map(({ check }) => check))]).toEqual([
      "tamper-alarm",
      "blobs",
      "functions",
      "layer",
      "firehose",
      "recipients",
      "alarms",
    ]);
    for (const { mend } of others) {
      expect(mend).toMatch(/./);
      expect(mend).not.toContain("sst");
    }
  });

  it("still says how to start a pipe that was stopped, where there is no table", async () => {
    server.parts.table = undefined;
    pipe(server.parts).CurrentState = "STOPPED";
    expect(notFine(await examineStage(GOOD_OUTPUTS))).toMatchObject([
      { check: "table" },
      { check: "tamper-alarm", mend: expect.stringContaining("aws pipes start-pipe") },
    ]);
  });

  it("says it of a stream that is off, and that the pipe has nothing to read", async () => {
    const { table: found } = server.parts;
    delete found?.StreamSpecification;
    delete found?.LatestStreamArn;
    expect(notFine(await examineStage(GOOD_OUTPUTS))).toMatchObject([
      { check: "stream", says: expect.stringContaining("has no stream") },
      { check: "tamper-alarm" },
    ]);
  });

  it("notes replicas, which are not wrong", async () => {
    table(server.parts).Replicas = [{ RegionName: "eu-west-1", ReplicaStatus: "ACTIVE" }];
    const findings = await examineStage(GOOD_OUTPUTS);
    expect(notFine(findings)).toEqual([]);
    expect(findings.map(({ says }) => says)).toContain(
      "it has replicas in eu-west-1, which must not be written: eu-central-1 alone writes",
    );
  });

  it("lets a personal stage go without protection and recipients", async () => {
    const { breakGlassRole: _, ...outputs } = { ...GOOD_OUTPUTS, keepsLedger: false };
    const { parts } = server;
    parts.parameter = { name: "/promptops/production", value: JSON.stringify(outputs) };
    table(parts).DeletionProtectionEnabled = false;
    parts.topic.subscriptions.pop();
    parts.policy = bendPolicy(parts.policy, (statements) => {
      statements.pop();
      delete (statements[0] as Partial<Statement>).Condition;
    });
    parts.blobs.policy = parts.blobs.policy?.replaceAll(/"ArnNotEquals":\{[^}]*\},?/g, "");
    expect(notFine(await examineStage(outputs))).toEqual([]);
  });
});
