/// <reference path="../.sst/platform/config.d.ts" />
import { stateMachine } from "@promptops/batch/state-machine";
import { createFunction } from "./function.ts";
import type { createLedger } from "./ledger.ts";
import { createServiceRole } from "./service-role.ts";
import { nameOf, type Stage } from "./stage.ts";

/** Workers at once: jobs leave the rest of the account's 1,000 to functions that somebody waits for. */
const WORKERS = 200;
const KEPT_DAYS = 90;

/** Batch jobs over files on S3: a state machine, its worker, and a bucket for datasets and results. */
export function createBatch(
  stage: Stage,
  ledger: ReturnType<typeof createLedger>,
  layer: aws.lambda.LayerVersion,
) {
  const bucket = new sst.aws.Bucket("Batch", {
    cors: false,
    lifecycle: [{ id: "old-runs", expiresIn: `${KEPT_DAYS} days` }],
    transform: { bucket: { forceDestroy: stage.kind === "personal" } },
  });
  const objects = $interpolate`${bucket.arn}/*`;
  const worker = createFunction("BatchWorker", stage, ledger, {
    about: "Processes a batch of the records of a job",
    folder: "batch-worker",
    // As long as the state machine waits for it.
    timeout: "240 seconds",
    layer,
    ...(stage.kind !== "personal" && { atOnce: WORKERS }),
    permissions: [
      { actions: ["s3:GetObject", "s3:PutObject"], resources: [objects] },
      { actions: ["s3:ListBucket"], resources: [bucket.arn] },
    ],
  });
  const name = nameOf(stage, "batch");
  const { accountId } = aws.getCallerIdentityOutput();
  const arn = $interpolate`arn:aws:states:${aws.getRegionOutput().region}:${accountId}:stateMachine:${name}`;
  // Those of a map's batches have the map's name after a slash.
  const executions = [":*", "/*"].map((rest) =>
    arn.apply((text) => text.replace(":stateMachine:", ":execution:") + rest),
  );
  const role = createServiceRole(stage, "BatchRole", {
    thing: "batch",
    service: "states",
    may: [
      { actions: ["lambda:InvokeFunction"], resources: [worker.arn] },
      // A Distributed Map runs its batches as executions of its own machine.
      { actions: ["states:StartExecution"], resources: [arn] },
      { actions: ["states:DescribeExecution", "states:StopExecution"], resources: executions },
      {
        actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
        resources: [objects],
      },
      { actions: ["s3:ListBucket"], resources: [bucket.arn] },
    ],
  });
  const machine = new aws.sfn.StateMachine("Batch", {
    name,
    type: "STANDARD",
    roleArn: role.arn,
    definition: worker.arn.apply((workerArn) => JSON.stringify(stateMachine(workerArn))),
  });
  // For Bedrock's batch inference, which reads a job's requests and writes the answers.
  const bedrockRole = createServiceRole(stage, "BedrockRole", {
    thing: "bedrock-batch",
    service: "bedrock",
    may: [
      { actions: ["s3:GetObject", "s3:PutObject"], resources: [objects] },
      { actions: ["s3:ListBucket"], resources: [bucket.arn] },
      // Inference profiles ask for it.
      { actions: ["bedrock:InvokeModel"], resources: ["*"] },
    ],
  });
  return { bucket, worker, machine, bedrockRole };
}
