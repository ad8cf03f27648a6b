/// <reference path="../.sst/platform/config.d.ts" />
import { EVENT_COLUMNS, PARTITIONS } from "@promptops/events";
import { nameOf, type Stage } from "./stage.ts";

/** The folders of the lake's bucket. */
export const LAKE = { events: "events/", errors: "errors/", results: "athena/" } as const;

/** A question that reads more than this is refused: about 5 US dollars. */
const MAX_BYTES_PER_QUERY = 1_000_000_000_000;
const PARQUET = "org.apache.hadoop.hive.ql.io.parquet";

/** Where events are kept, the table that describes them, and the workgroup that asks it. */
export function createLake(stage: Stage) {
  const bucket = new sst.aws.Bucket("Lake", {
    cors: false,
    transform: { bucket: { forceDestroy: stage.kind === "personal" } },
  });
  new aws.s3.BucketLifecycleConfiguration("LakeLifecycle", {
    bucket: bucket.name,
    rules: [
      {
        id: "cheaper-when-old",
        status: "Enabled",
        filter: { prefix: LAKE.events },
        transitions: [{ days: 30, storageClass: "INTELLIGENT_TIERING" }],
      },
      { id: "errors", status: "Enabled", filter: { prefix: LAKE.errors }, expiration: { days: 90 } },
      { id: "results", status: "Enabled", filter: { prefix: LAKE.results }, expiration: { days: 7 } },
      {
        id: "broken-uploads",
        status: "Enabled",
        filter: { prefix: "" },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  });
  const database = new aws.glue.CatalogDatabase("Events", {
    name: nameOf(stage, "events").replaceAll("-", "_"),
  });
  const location = $interpolate`s3://${bucket.name}/${LAKE.events}`;
  const table = new aws.glue.CatalogTable("EventsTable", {
    name: "events",
    databaseName: database.name,
    description: "One row for each event, or more: copies have the same event_id",
    tableType: "EXTERNAL_TABLE",
    partitionKeys: PARTITIONS.map((partition) => ({ ...partition })),
    parameters: {
      classification: "parquet",
      // Which folders there are follows from the question: nobody has to tell the catalogue of new ones.
      "projection.enabled": "true",
      "projection.dt.type": "date",
      "projection.dt.format": "yyyy-MM-dd",
      "projection.dt.range": "2026-01-01,NOW+1DAYS",
      "projection.hour.type": "integer",
      "projection.hour.range": "0,23",
      "projection.hour.digits": "2",
      "storage.location.template": $interpolate`${location}dt=\${dt}/hour=\${hour}/`,
    },
    storageDescriptor: {
      location,
      columns: EVENT_COLUMNS.map((column) => ({ ...column })),
      inputFormat: `${PARQUET}.MapredParquetInputFormat`,
      outputFormat: `${PARQUET}.MapredParquetOutputFormat`,
      serDeInfo: { serializationLibrary: `${PARQUET}.serde.ParquetHiveSerDe` },
    },
  });
  const workgroup = new aws.athena.Workgroup("EventsWorkgroup", {
    name: nameOf(stage, "events"),
    forceDestroy: stage.kind === "personal",
    configuration: {
      enforceWorkgroupConfiguration: true,
      bytesScannedCutoffPerQuery: MAX_BYTES_PER_QUERY,
      resultConfiguration: {
        outputLocation: $interpolate`s3://${bucket.name}/${LAKE.results}`,
        encryptionConfiguration: { encryptionOption: "SSE_S3" },
      },
    },
  });
  return { bucket, database, table, workgroup };
}
