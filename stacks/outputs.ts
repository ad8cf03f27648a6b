/// <reference path="../.sst/platform/config.d.ts" />
import { outputsParameter, type StageOutputs } from "@promptops/stage/outputs";
import type { createBatch } from "./batch.ts";
import type { createCiRoles } from "./ci.ts";
import type { createEvents } from "./events.ts";
import type { createLedger } from "./ledger.ts";
import type { createObservability } from "./observability.ts";
import type { createPinsOnDashboard } from "./pins-on-dashboard.ts";
import type { createRuntime } from "./runtime.ts";
import type { Stage } from "./stage.ts";
import type { createTamperAlarm } from "./tamper-alarm.ts";

interface Parts {
  readonly alarms: aws.sns.Topic;
  readonly ledger: ReturnType<typeof createLedger>;
  readonly tamperAlarm: ReturnType<typeof createTamperAlarm>;
  readonly runtime: ReturnType<typeof createRuntime>;
  readonly batch: ReturnType<typeof createBatch>;
  readonly events: ReturnType<typeof createEvents>;
  readonly observability: ReturnType<typeof createObservability>;
  readonly pinsOnDashboard: ReturnType<typeof createPinsOnDashboard>;
  readonly ci: ReturnType<typeof createCiRoles>;
}

/** As they are before the stage is made. */
type Outputs = { readonly [Name in keyof StageOutputs]: Known<Exclude<StageOutputs[Name], undefined>> };
type Known<T> = T extends readonly (infer Item)[] ? readonly $util.Input<Item>[] : $util.Input<T>;

/**
 * What `sst deploy` prints and leaves in `.sst/outputs.json`. The same is kept in the account, so that commands find the stage
 * from any machine.
 */
export function createOutputs(stage: Stage, parts: Parts): Outputs {
  const { alarms, ledger, tamperAlarm, runtime, batch, events, observability, pinsOnDashboard, ci } = parts;
  const outputs = {
    stage: stage.name,
    account: aws.getCallerIdentityOutput().accountId,
    region: aws.getRegionOutput().region,
    keepsLedger: stage.keepsLedger,
    ...(stage.breakGlassRole !== undefined && { breakGlassRole: stage.breakGlassRole }),
    table: ledger.table.name,
    blobs: ledger.environment.PROMPTOPS_BLOBS,
    readerPolicy: ledger.readerPolicy.arn,
    layer: runtime.layer.arn,
    functions: [runtime.intentClassifier.name, batch.worker.name, pinsOnDashboard.name],
    alarms: alarms.arn,
    tamperAlarm: tamperAlarm.name,
    dashboard: observability.dashboardName,
    batchBucket: batch.bucket.name,
    stateMachine: batch.machine.arn,
    bedrockRole: batch.bedrockRole.arn,
    lake: events.lake.bucket.name,
    eventsDatabase: events.lake.database.name,
    eventsWorkgroup: events.lake.workgroup.name,
    eventsStream: events.direct.name,
    logsStream: events.fromLogs.name,
    ...(ci && { readerRole: ci.reader.arn, syncRole: ci.sync.arn, deployRole: ci.deploy.arn }),
  } satisfies Outputs;
  new aws.ssm.Parameter("Outputs", {
    name: outputsParameter(stage.name),
    description: "What this stage of PromptOps is made of",
    type: "String",
    value: $jsonStringify(outputs),
  });
  return outputs;
}
