import { INDEXES, TABLE_KEY } from "@promptops/core/ledger";
import { expect, it } from "vitest";
import { describeProgram, inputsOf, resourcesOf } from "./describe-program.ts";
import { STAGE_KINDS } from "./stages.ts";

const TABLE = "aws:dynamodb/table:Table";

describeProgram("the ledger", (on) => {
  it.each(STAGE_KINDS)("has one table on a %s stage, in the shape that core says", (kind) => {
    const [table, ...others] = resourcesOf(on(kind), TABLE);
    expect(others).toEqual([]);
    const keys = [TABLE_KEY, ...Object.values(INDEXES)].flatMap(({ hash, range }) => [hash, range]);
    expect(table?.inputs).toEqual({
      name: on(kind).outputs.table,
      billingMode: "PAY_PER_REQUEST",
      attributes: expect.toSatisfy((attributes: readonly { name: string; type: string }[]) => {
        expect(attributes.map(({ name }) => name).toSorted()).toEqual([...new Set(keys)].toSorted());
        return attributes.every(({ type }) => type === "S");
      }),
      hashKey: TABLE_KEY.hash,
      rangeKey: TABLE_KEY.range,
      globalSecondaryIndexes: Object.entries(INDEXES).map(([name, { hash, range }]) => ({
        name,
        hashKey: hash,
        rangeKey: range,
        projectionType: "KEYS_ONLY",
      })),
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      deletionProtectionEnabled: kind !== "personal",
    });
  });

  it.each(STAGE_KINDS)("goes with a %s stage only if nobody else would miss it", (kind) => {
    const kept = kind !== "personal";
    expect(on(kind).app).toMatchObject({
      removal: kept ? "retain" : "remove",
      protect: kind === "production",
    });
    for (const type of [TABLE, "aws:s3/bucket:Bucket"]) {
      for (const { retainOnDelete } of resourcesOf(on(kind), type))
        expect(retainOnDelete ?? false).toBe(kept);
    }
  });

  it("keeps its policy from who deploys, where the ledger is kept", () => {
    const confirmed = (kind: (typeof STAGE_KINDS)[number]) =>
      inputsOf(on(kind), "aws:dynamodb/resourcePolicy:ResourcePolicy", "LedgerPolicy")
        .confirmRemoveSelfResourceAccess;
    expect(STAGE_KINDS.map(confirmed)).toEqual([false, true, true]);
  });

  it.each(STAGE_KINDS)("keeps blobs on a %s stage as they were written, and to itself", (kind) => {
    const bucket = inputsOf(on(kind), "aws:s3/bucket:Bucket", "BlobsBucket");
    expect(bucket.forceDestroy).toBe(false);
    expect(inputsOf(on(kind), "aws:s3/bucketVersioning:BucketVersioning", "BlobsVersioning")).toMatchObject({
      bucket: bucket.bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    const block = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    expect(inputsOf(on(kind), block, "BlobsPublicAccessBlock")).toEqual({
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(resourcesOf(on(kind), "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")).toEqual([]);
    expect(on(kind).outputs.blobs).toBe(`s3://${bucket.bucket}`);
  });

  it("asks for the account and the region that settings name", () => {
    expect(on("production").app).toMatchObject({
      providers: { aws: { allowedAccountIds: ["123456789012"] } },
    });
    expect(on("staging").app).toMatchObject({ providers: { aws: { region: "us-west-2" } } });
    expect(inputsOf(on("staging"), "aws:pipes/pipe:Pipe", "TamperAlarm").source).toContain(":us-west-2:");
  });

  it("watches for tampering by a pipe that is made when its role and its stream are old enough", () => {
    const pipe = resourcesOf(on("production"), "aws:pipes/pipe:Pipe")[0];
    expect(pipe?.after).toEqual(["TamperAlarmRole", "EventsFromLogs", "EventsDirect"]);
  });

  it("lets CloudWatch of this account mail alarms, and EventBridge without conditions, which it does not support", () => {
    const { policy } = inputsOf(on("production"), "aws:sns/topicPolicy:TopicPolicy", "AlarmsPolicy");
    const { Statement } = JSON.parse(policy as string) as { Statement: readonly object[] };
    expect(Statement).toMatchObject([
      {
        Principal: { Service: ["cloudwatch.amazonaws.com"] },
        Condition: { StringEquals: { "aws:SourceAccount": ["123456789012"] } },
      },
      { Principal: { Service: ["events.amazonaws.com"] } },
    ]);
    expect(Statement[1]).not.toHaveProperty("Condition");
  });

  it("mails alarms to all recipients", () => {
    const endpoints = resourcesOf(on("production"), "aws:sns/topicSubscription:TopicSubscription");
    expect(endpoints.map(({ inputs }) => inputs)).toEqual(
      ["ops@example.com", "ada@example.com"].map((endpoint) => ({
        topic: "arn:aws:sns:eu-central-1:123456789012:promptops-production-alarms",
        protocol: "email",
        endpoint,
      })),
    );
  });
});
