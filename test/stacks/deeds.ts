import { callsOn } from "./calls.ts";
import { inputsOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Call } from "./permissions.ts";

const ACCOUNT = "123456789012";
const POLICY_CALLS = ["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"];

/** Calls by what they do, in words. Who may do it may make each of them; who may not, none. */
export function deedsOn(evaluation: Evaluation): Readonly<Record<string, readonly Call[]>> {
  const outputs = evaluation.outputs as Readonly<Record<string, string>>;
  const { region, stage = "" } = outputs;
  const other = stage === "production" ? "staging" : "production";
  const groups = callsOn(evaluation);
  const group = (name: string, keep: (title: string) => boolean = () => true) => {
    const found = (groups[name] ?? []).filter(({ title }) => keep(title));
    if (found.length === 0) throw new Error(`there is nothing of ${name}`);
    return found;
  };
  const calls = (resource: string, ...actions: readonly string[]) =>
    actions.map((action) => ({ action, resource }));
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/promptops-${stage}-boundary`;
  /** Of roles with a boundary: what they have, or what they are given. */
  const within = (policy: string, made: readonly Call[]) =>
    made.map((call) => ({ ...call, context: { "iam:PermissionsBoundary": policy } }));
  const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const bucket = (name: string) => `arn:aws:s3:::${name}`;
  const ofOther = (name: string) => `promptops-${other}-${name}`;
  const parameter = (name: string) => arn("ssm", `parameter${name}`);
  const stream = inputsOf(evaluation, "aws:pipes/pipe:Pipe", "TamperAlarm").source as string;
  return {
    "read the ledger": group("Read the ledger", (title) => !title.startsWith("all items")),
    "read the whole table at once": group("Read the ledger", (title) => title.startsWith("all items")),
    "append to the ledger": group("Append to the ledger"),
    "insert items": group("Append to the ledger", (title) => title === "insert"),
    "put large prompts": group("Append to the ledger", (title) => title !== "insert"),
    "overwrite or delete what is in the ledger": group("Overwrite or delete what is in it"),
    "reshape the ledger's table, delete it or replace its policy": group("Undo what protects it", (title) =>
      /table|items|backups/.test(title),
    ),
    "stop the tamper alarm": group("Undo what protects it", (title) => title.includes("tamper")),
    "become break-glass": calls(role("break-glass"), "sts:AssumeRole", ...POLICY_CALLS),
    "use other tables": group("Go elsewhere", (title) => title.includes("another table")),
    "use other buckets": group("Go elsewhere", (title) => title.includes("another bucket")),
    "read the ledger's stream": calls(stream, "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "read the lake": [
      ...group("Go elsewhere", (title) => title === "read the lake"),
      ...calls(bucket(outputs.lake ?? ""), "s3:ListBucket"),
    ],
    "write into the lake": group("Go elsewhere", (title) => title === "write into the lake"),
    "delete from the lake": calls(bucket(`${outputs.lake}/events/a.parquet`), "s3:DeleteObject"),
    "read the lake's table": calls(
      arn("glue", `table/${outputs.eventsDatabase}/events`),
      "glue:GetTable",
      "glue:GetTableVersions",
    ),
    "change the lake's table": calls(
      arn("glue", `table/${outputs.eventsDatabase}/events`),
      "glue:UpdateTable",
      "glue:DeleteTable",
    ),
    "send events": group("Go elsewhere", (title) => title.includes("Firehose")),
    "send log lines to the lake": calls(
      arn("firehose", `deliverystream/${outputs.logsStream}`),
      "firehose:PutRecord",
      "firehose:PutRecordBatch",
    ),
    "read data sets and results": [
      ...calls(bucket(`${outputs.batchBucket}/data.jsonl`), "s3:GetObject"),
      ...calls(bucket(outputs.batchBucket ?? ""), "s3:ListBucket"),
    ],
    "write results": calls(bucket(`${outputs.batchBucket}/runs/1/0.jsonl`), "s3:PutObject"),
    "delete data sets and results": calls(bucket(`${outputs.batchBucket}/data.jsonl`), "s3:DeleteObject"),
    "start batch jobs": calls(outputs.stateMachine ?? "", "states:StartExecution"),
    "call the worker": calls(
      arn("lambda", `function:promptops-${stage}-batch-worker`),
      "lambda:InvokeFunction",
    ),
    "call the classifier": calls(
      arn("lambda", `function:promptops-${stage}-intent-classifier`),
      "lambda:InvokeFunction",
    ),
    "change functions": calls(
      arn("lambda", `function:promptops-${stage}-intent-classifier`),
      "lambda:UpdateFunctionCode",
      "lambda:UpdateFunctionConfiguration",
    ),
    "call models": calls(`arn:aws:bedrock:${region}::foundation-model/any`, "bedrock:InvokeModel"),
    "change the dashboard": calls(
      `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${outputs.dashboard}`,
      "cloudwatch:PutDashboard",
    ),
    "change other dashboards": calls(
      `arn:aws:cloudwatch::${ACCOUNT}:dashboard/orders`,
      "cloudwatch:PutDashboard",
    ),
    "tell the recipients of alarms": calls(outputs.alarms ?? "", "sns:Publish"),
    "publish to other topics": calls(arn("sns", "orders"), "sns:Publish"),
    "change who gets alarms": calls(outputs.alarms ?? "", "sns:Subscribe", "sns:SetTopicAttributes"),
    "read the stage's outputs": calls(parameter(`/promptops/${stage}`), "ssm:GetParameter"),
    "write the stage's outputs": calls(parameter(`/promptops/${stage}`), "ssm:PutParameter"),
    "read another stage's outputs": calls(parameter(`/promptops/${other}`), "ssm:GetParameter"),
    "read what SST keeps": calls(parameter(`/sst/passphrase/promptops/${stage}`), "ssm:GetParameter"),
    "ask what the doctor asks": [
      ...calls(
        arn("dynamodb", `table/${outputs.table}`),
        "dynamodb:DescribeTable",
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:GetResourcePolicy",
      ),
      ...calls(arn("pipes", `pipe/${outputs.tamperAlarm}`), "pipes:DescribePipe"),
      ...calls(
        (outputs.blobs ?? "").replace("s3://", "arn:aws:s3:::"),
        "s3:GetBucketVersioning",
        "s3:GetBucketPolicy",
      ),
      ...calls(bucket(outputs.lake ?? ""), "s3:ListBucket"),
      ...(evaluation.outputs.functions as readonly string[]).flatMap((name) =>
        calls(arn("lambda", `function:${name}`), "lambda:GetFunctionConfiguration"),
      ),
      ...calls("*", "lambda:ListLayerVersions"),
      ...[outputs.eventsStream, outputs.logsStream].flatMap((name) =>
        calls(arn("firehose", `deliverystream/${name}`), "firehose:DescribeDeliveryStream"),
      ),
      ...calls(outputs.alarms ?? "", "sns:ListSubscriptionsByTopic"),
      ...calls(arn("cloudwatch", "alarm:*"), "cloudwatch:DescribeAlarms"),
      ...calls(parameter(`/promptops/${stage}`), "ssm:GetParameter"),
    ],
    "change roles of the stage": within(
      boundary,
      calls(role(`promptops-${stage}-delivery`), "iam:CreateRole", ...POLICY_CALLS),
    ),
    "make roles that are not held to the boundary": [
      ...calls(role(`promptops-${stage}-another`), "iam:CreateRole", "iam:PutRolePolicy"),
      ...within(
        "arn:aws:iam::aws:policy/AdministratorAccess",
        calls(role(`promptops-${stage}-another`), "iam:CreateRole", "iam:PutRolePermissionsBoundary"),
      ),
    ],
    "lift the boundary": [
      ...calls(boundary, "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:SetDefaultPolicyVersion"),
      ...within(boundary, calls(role(`promptops-${stage}-delivery`), "iam:DeleteRolePermissionsBoundary")),
    ],
    "change what workflows may do": within(
      boundary,
      ["ci-deploy", "ci-sync", "ci-reader"].flatMap((name) =>
        calls(role(`promptops-${stage}-${name}`), "iam:DeleteRole", "iam:PassRole", ...POLICY_CALLS),
      ),
    ),
    "change roles that are not the stage's": calls(role("administrator"), ...POLICY_CALLS),
    "change another stage's logs, tables and graphs": [
      ...calls(arn("logs", `log-group:/aws/lambda/${ofOther("batch-worker")}:*`), "logs:DeleteLogGroup"),
      ...calls(arn("glue", `table/promptops_${other}_events/events`), "glue:DeleteTable"),
      ...calls(arn("athena", `workgroup/${ofOther("events")}`), "athena:UpdateWorkGroup"),
      ...calls(`arn:aws:cloudwatch::${ACCOUNT}:dashboard/${ofOther("calls")}`, "cloudwatch:PutDashboard"),
    ],
    "do anything to another stage": [
      ...calls(
        arn("dynamodb", `table/${ofOther("ledger")}`),
        "dynamodb:GetItem",
        "dynamodb:PartiQLInsert",
        "dynamodb:PutItem",
        "dynamodb:UpdateTable",
        "dynamodb:DeleteTable",
      ),
      ...["blobsbucket-x", "lakebucket-x", "batchbucket-x"].flatMap((name) =>
        calls(bucket(`${ofOther(name)}/key`), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
      ),
      ...calls(
        arn("lambda", `function:${ofOther("batch-worker")}`),
        "lambda:InvokeFunction",
        "lambda:UpdateFunctionCode",
      ),
      ...calls(arn("firehose", `deliverystream/${ofOther("events-direct")}`), "firehose:PutRecord"),
      ...calls(arn("states", `stateMachine:${ofOther("batch")}`), "states:StartExecution"),
      ...calls(arn("sns", ofOther("alarms")), "sns:Publish"),
      ...calls(arn("pipes", `pipe/${ofOther("tamper-alarm")}`), "pipes:StopPipe"),
      ...calls(parameter(`/promptops/${other}`), "ssm:GetParameter", "ssm:PutParameter"),
      ...calls(role(ofOther("delivery")), "sts:AssumeRole", ...POLICY_CALLS),
    ],
  };
}
