/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage }) {
    const { stageOf } = await import("./stacks/stage.ts");
    const { removal, protect, account, region } = stageOf(stage, process.env);
    return {
      name: "promptops",
      version: "4.17.1",
      home: "aws",
      removal,
      protect,
      providers: {
        aws: {
          ...(region !== undefined && { region: region as aws.Region }),
          ...(account !== undefined && { allowedAccountIds: [account] }),
          defaultTags: { tags: { app: "promptops", stage } },
        },
      },
    };
  },
  async run() {
    const { stageOf } = await import("./stacks/stage.ts");
    const { createAlarmTopic } = await import("./stacks/alarm-topic.ts");
    const { createBoundary } = await import("./stacks/boundary.ts");
    const { createBatch } = await import("./stacks/batch.ts");
    const { createCiRoles } = await import("./stacks/ci.ts");
    const { createEvents } = await import("./stacks/events.ts");
    const { createLedger } = await import("./stacks/ledger.ts");
    const { createObservability } = await import("./stacks/observability.ts");
    const { createOutputs } = await import("./stacks/outputs.ts");
    const { createPinsOnDashboard } = await import("./stacks/pins-on-dashboard.ts");
    const { createRuntime } = await import("./stacks/runtime.ts");
    const { createTamperAlarm } = await import("./stacks/tamper-alarm.ts");
    const stage = stageOf($app.stage, process.env);
    createBoundary(stage);
    const alarms = createAlarmTopic(stage);
    const ledger = createLedger(stage);
    const runtime = createRuntime(stage, ledger);
    const batch = createBatch(stage, ledger, runtime.layer);
    const functions = { IntentClassifier: runtime.intentClassifier, BatchWorker: batch.worker };
    const events = createEvents(stage, alarms, functions);
    const tamperAlarm = createTamperAlarm(stage, ledger, alarms, [events.fromLogs, events.direct]);
    const observability = createObservability(stage, alarms, functions);
    const pinsOnDashboard = createPinsOnDashboard(stage, alarms, ledger, observability);
    const ci = createCiRoles(stage, ledger);
    return createOutputs(stage, {
      alarms,
      ledger,
      tamperAlarm,
      runtime,
      batch,
      events,
      observability,
      pinsOnDashboard,
      ci,
    });
  },
});
