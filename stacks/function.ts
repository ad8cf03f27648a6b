/// <reference path="../.sst/platform/config.d.ts" />
import { join } from "node:path";
import type { createLedger } from "./ledger.ts";
import { nameOf, type Stage } from "./stage.ts";

/** What `npm run build` makes. */
export const DIST = "dist";

interface FunctionSettings {
  readonly about: string;
  /** Its folder in `dist/functions`. */
  readonly folder: string;
  readonly timeout: `${number} seconds`;
  readonly layer: aws.lambda.LayerVersion;
  /** How many may run at once; without it, as many as the account lets. */
  readonly atOnce?: number;
  /** Besides reading the ledger and calling models. */
  readonly permissions?: readonly sst.aws.FunctionPermissionArgs[];
}

/** A function that reads prompts and calls models: the very files that `npm run build` makes. */
export function createFunction(
  name: string,
  stage: Stage,
  ledger: ReturnType<typeof createLedger>,
  { about, folder, timeout, layer, atOnce, permissions = [] }: FunctionSettings,
) {
  return new sst.aws.Function(name, {
    name: nameOf(stage, folder),
    description: about,
    bundle: join($cli.paths.root, DIST, "functions", folder),
    handler: "index.handler",
    runtime: "nodejs24.x",
    architecture: "arm64",
    memory: "1024 MB",
    timeout,
    layers: [layer.arn],
    link: [ledger.reader],
    ...(atOnce !== undefined && { concurrency: { reserved: atOnce } }),
    // Lines are JSON already: Lambda leaves them as they are, and they have no prefix.
    logging: { format: "json", retention: stage.logRetention },
    permissions: [{ actions: ["bedrock:InvokeModel"], resources: ["*"] }, ...permissions],
    environment: { ...ledger.environment, PROMPTOPS_MODEL_CALLS: "live" },
    // `sst dev` runs functions on the developer's machine, and needs both.
    ...(!$dev && { transform: { function: withoutLinkData, role: forLambdaAlone } }),
  });
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
