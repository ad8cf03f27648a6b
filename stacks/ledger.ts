/// <reference path="../.sst/platform/config.d.ts" />
import { INDEXES, TABLE_KEY } from "@promptops/core/ledger";
import { ledgerPolicy } from "@promptops/stage/ledger-policy";
import { createBlobs } from "./blobs.ts";
import { nameOf, type Stage } from "./stage.ts";

/** The most that DynamoDB can restore to, in days. */
const RECOVERY_DAYS = 35;

/**
 * The ledger: its table, in the shape that core says it has, its blobs, and who may do what with them. There is no other
 * grant than `reader` and `writer`.
 */
export function createLedger(stage: Stage) {
  const table = createTable(stage);
  const blobs = createBlobs(stage);
  new aws.dynamodb.ResourcePolicy("LedgerPolicy", {
    resourceArn: table.arn,
    policy: table.arn.apply((arn) => ledgerPolicy(arn, stage)),
    // Who deploys may not replace it either.
    confirmRemoveSelfResourceAccess: stage.keepsLedger,
  });

  const environment = {
    PROMPTOPS_TABLE: table.name,
    PROMPTOPS_BLOBS: $interpolate`s3://${blobs.name}`,
  };
  const read = [
    {
      actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
      resources: [table.arn, $interpolate`${table.arn}/index/*`],
    },
    { actions: ["s3:GetObject"], resources: [$interpolate`${blobs.arn}/*`] },
    // Without it, a blob that is not there looks like one that may not be read.
    { actions: ["s3:ListBucket"], resources: [blobs.arn] },
  ];
  const write = [
    ...read,
    { actions: ["dynamodb:PartiQLInsert"], resources: [table.arn] },
    { actions: ["s3:PutObject"], resources: [$interpolate`${blobs.arn}/*`] },
  ];
  const linkable = (name: string, permissions: typeof read) =>
    new sst.Linkable(name, { properties: environment, include: permissions.map(sst.aws.permission) });
  return {
    table,
    blobs,
    environment,
    permissions: { read, write },
    reader: linkable("LedgerReader", read),
    writer: linkable("LedgerWriter", write),
    /** For functions of other programs. */
    readerPolicy: new aws.iam.Policy("LedgerReaderPolicy", {
      name: nameOf(stage, "ledger-reader"),
      policy: aws.iam.getPolicyDocumentOutput({ statements: read }).json,
    }),
  };
}

/** Not SST's own component: that one offers a link which grants everything. */
function createTable(stage: Stage) {
  const indexes = Object.entries(INDEXES);
  const keys = [TABLE_KEY, ...Object.values(INDEXES)].flatMap(({ hash, range }) => [hash, range]);
  return new aws.dynamodb.Table("Ledger", {
    name: nameOf(stage, "ledger"),
    billingMode: "PAY_PER_REQUEST",
    attributes: [...new Set(keys)].map((name) => ({ name, type: "S" })),
    hashKey: TABLE_KEY.hash,
    rangeKey: TABLE_KEY.range,
    globalSecondaryIndexes: indexes.map(([name, { hash, range }]) => ({
      name,
      hashKey: hash,
      rangeKey: range,
      projectionType: "KEYS_ONLY",
    })),
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
    pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: RECOVERY_DAYS },
    deletionProtectionEnabled: stage.keepsLedger,
  });
}
