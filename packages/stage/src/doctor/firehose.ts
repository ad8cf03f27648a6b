import { type DeliveryStreamDescription, DescribeDeliveryStreamCommand } from "@aws-sdk/client-firehose";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

/** The table of events in their database. */
const TABLE = "events";

const { fine, wrong } = findingsOf("firehose");

export async function checkFirehose({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const names = [outputs.logsStream, outputs.eventsStream];
  const found = await Promise.all(
    names.map(async (name) => {
      const command = new DescribeDeliveryStreamCommand({ DeliveryStreamName: name });
      const answer = await ask(
        "firehose:DescribeDeliveryStream",
        clients.firehose.send(command, { abortSignal: signal }),
        ["ResourceNotFoundException"],
      );
      return judgeFirehose(name, answer?.DeliveryStreamDescription, outputs);
    }),
  );
  return found.flat();
}

/** Whether a stream takes events, and lays them into the lake as its table has them. */
export function judgeFirehose(
  name: string,
  stream: DeliveryStreamDescription | undefined,
  outputs: StageOutputs,
): readonly Finding[] {
  const mend = redeploy(outputs);
  if (stream === undefined)
    return [wrong(`there is no stream ${name}: its events are lost`, mend, { stream: name })];
  const { DeliveryStreamStatus: status = "?", FailureDescription: failure, Destinations = [] } = stream;
  const faults: Finding[] = [];
  if (status !== "ACTIVE") {
    const hint =
      status === "CREATING"
        ? "Look again in a minute."
        : `Where it failed for good, delete it first: aws firehose delete-delivery-stream --delivery-stream-name ${name}. ${mend}`;
    faults.push(
      wrong(`${name} is ${status}, not ACTIVE: it takes no events`, hint, { stream: name, status }),
    );
  }
  if (failure !== undefined) {
    faults.push(
      wrong(`${name} failed: ${failure.Type}: ${failure.Details}`, `Mend what it names. ${mend}`, {
        stream: name,
      }),
    );
  }
  const { DataFormatConversionConfiguration: conversion, BucketARN: bucket = "" } =
    Destinations[0]?.ExtendedS3DestinationDescription ?? {};
  const { DatabaseName: database, TableName: table } = conversion?.SchemaConfiguration ?? {};
  if (conversion?.Enabled !== true) {
    faults.push(
      wrong(`${name} does not convert events: what it writes cannot be queried`, mend, { stream: name }),
    );
  } else if (database !== outputs.eventsDatabase || table !== TABLE) {
    faults.push(
      wrong(
        `${name} writes for the table ${database}.${table}, not ${outputs.eventsDatabase}.${TABLE}`,
        mend,
        { stream: name },
      ),
    );
  }
  if (!bucket.endsWith(`:${outputs.lake}`)) {
    faults.push(
      wrong(`${name} writes to ${bucket || "no bucket"}, not to ${outputs.lake}`, mend, { stream: name }),
    );
  }
  return faults.length > 0 ? faults : [fine(`${name} is active, into ${outputs.eventsDatabase}.${TABLE}`)];
}
