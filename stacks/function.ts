/// <reference path="../.sst/platform/config.d.ts" />
import { join } from "node:path";
import { createAlarm } from "./alarm.ts";
import type { createLedger } from "./ledger.ts";
import { nameOf, type Stage } from "./stage.ts";

/** Where a deployment has its artifacts built: each in a folder of its own, so that none gets what another one builds. */
export const builtFolder = () => join($cli.paths.work, "built");

interface FunctionSettings {
  readonly about: string;
  /** Its folder among the functions that are built. */
  readonly folder: string;
  readonly timeout: `${number} seconds`;
  /** For a function that calls models, which may do so then. The layer knows what they cost. */
  readonly layer?: aws.lambda.LayerVersion;
  /** How many may run at once; without it, as many as the account lets. */
  readonly atOnce?: number;
  /** Besides reading the ledger and calling models. */
  readonly permissions?: readonly sst.aws.FunctionPermissionArgs[];
  /** Besides where the ledger is. */
  readonly environment?: Readonly<Record<string, $util.Input<string>>>;
}

/** A function that reads the ledger: the very files that `npm run build` makes. */
export function createFunction(
  name: string,
  stage: Stage,
  ledger: ReturnType<typeof createLedger>,
  { about, folder, timeout, layer, atOnce, permissions = [], environment = {} }: FunctionSettings,
) {
  return new sst.aws.Function(name, {
    name: nameOf(stage, folder),
    description: about,
    bundle: join(builtFolder(), "functions", folder),
    handler: "index.handler",
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "1024 MB",
    timeout,
    ...(layer !== undefined && { layers: [layer.arn] }),
    link: [ledger.reader],
    ...(atOnce !== undefined && { concurrency: { reserved: atOnce } }),
    // Lines are JSON already: Lambda leaves them as they are, and they have no prefix.
    logging: { format: "json", retention: stage.logRetention },
    permissions: [
      ...(layer !== undefined ? [{ actions: ["bedrock:InvokeModel"], resources: ["*"] }] : []),
      ...permissions,
    ],
    environment: {
      ...ledger.environment,
      ...(layer !== undefined && { PROMPTOPS_MODEL_CALLS: "live" }),
      ...environment,
    },
    // `sst dev` runs functions on the developer's machine, and needs both.
    ...(!$dev && { transform: { function: withoutLinkData, role: forLambdaAlone } }),
  });
}

/** Tells the recipients of alarms when a function fails or is held back. */
export function alarmOnFunction(
  stage: Stage,
  topic: aws.sns.Topic,
  name: string,
  { nodes }: sst.aws.Function,
): void {
  for (const metric of ["Errors", "Throttles"]) {
    createAlarm(stage, topic, `${name}${metric}`, {
      about: `The function ${name}: ${metric.toLowerCase()}`,
      namespace: "AWS/Lambda",
      metric,
      dimensions: { FunctionName: nodes.function.name },
      statistic: "Sum",
      over: 0,
      periods: 1,
    });
  }
}

/** SST passes linked data on in a file, with its key in the environment. Nothing here reads it: the environment names the ledger. */
function withoutLinkData(args: aws.lambda.FunctionArgs): undefined {
  args.environment = $output(args.environment).apply((environment) => {
    const own = Object.entries(environment?.variables ?? {}).filter(([name]) => !name.startsWith("SST_"));
    return { variables: Object.fromEntries(own) };
  });
}

/** SST lets the whole account take the role of a function. */
function forLambdaAlone(args: aws.iam.RoleArgs): undefined {
  args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
}
