import type { DeliveryStreamDescription } from "@aws-sdk/client-firehose";
import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeFirehose } from "./firehose.ts";

const NAME = GOOD_OUTPUTS.logsStream;
const judged = (stream: object) => judgeFirehose(NAME, stream as DeliveryStreamDescription, GOOD_OUTPUTS);
const destination = (conversion: object, BucketARN = `arn:aws:s3:::${GOOD_OUTPUTS.lake}`) => ({
  DeliveryStreamStatus: "ACTIVE",
  Destinations: [
    { ExtendedS3DestinationDescription: { BucketARN, DataFormatConversionConfiguration: conversion } },
  ],
});
const SchemaConfiguration = { DatabaseName: GOOD_OUTPUTS.eventsDatabase, TableName: "events" };
const GOOD = destination({ Enabled: true, SchemaConfiguration });

describe("a stream of Firehose", () => {
  it("is fine when it is active and writes for the table", () => {
    expect(judged(GOOD)).toMatchObject([{ state: "fine", says: expect.stringContaining(NAME) }]);
  });

  it.each(["CREATING", "CREATING_FAILED", "DELETING", "DELETING_FAILED"])(
    "is wrong when it is %s",
    (status) => {
      expect(judged({ ...GOOD, DeliveryStreamStatus: status })).toMatchObject([{ facts: { status } }]);
    },
  );

  it("is wrong when it writes into another bucket, or for another database", () => {
    expect(judged(destination({ Enabled: true, SchemaConfiguration }, "arn:aws:s3:::x"))).toMatchObject([
      { says: expect.stringContaining("writes to arn:aws:s3:::x") },
    ]);
    const other = { ...SchemaConfiguration, DatabaseName: "other" };
    expect(judged(destination({ Enabled: true, SchemaConfiguration: other }))).toMatchObject([
      { says: expect.stringContaining("writes for the table other.events") },
    ]);
  });

  it("is wrong when it has no destination at all", () => {
    expect(judged({ DeliveryStreamStatus: "ACTIVE" })).toMatchObject([
      { says: expect.stringContaining("does not convert") },
      { says: expect.stringContaining("writes to no bucket") },
    ]);
  });
});
