// What AWS would answer: the attributes that a resource has once it is made, as far as other resources ask for them.

const ACCOUNT = "123456789012";
const REGION = process.env.AWS_REGION;

const arn = (service, rest, region = REGION) => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;

/** ARNs as the services make them; the physical name is `name`. */
const ARNS = {
  "aws:dynamodb/table:Table": (name) => arn("dynamodb", `table/${name}`),
  "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "aws:iam/role:Role": (name) => arn("iam", `role/${name}`, ""),
  "aws:iam/policy:Policy": (name) => arn("iam", `policy/${name}`, ""),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": (_, { url }) =>
    arn("iam", `oidc-provider/${url.replace("https://", "")}`, ""),
  "aws:lambda/function:Function": (name) => arn("lambda", `function:${name}`),
  "aws:lambda/layerVersion:LayerVersion": (_, { layerName }) => arn("lambda", `layer:${layerName}:1`),
  "aws:cloudwatch/eventRule:EventRule": (name) => arn("events", `rule/${name}`),
  "aws:cloudwatch/logGroup:LogGroup": (name) => arn("logs", `log-group:${name}`),
  "aws:sns/topic:Topic": (name) => arn("sns", name),
  "aws:glue/catalogDatabase:CatalogDatabase": (name) => arn("glue", `database/${name}`),
  "aws:glue/catalogTable:CatalogTable": (name, { databaseName }) =>
    arn("glue", `table/${databaseName}/${name}`),
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (name) =>
    arn("firehose", `deliverystream/${name}`),
  "aws:sfn/stateMachine:StateMachine": (name) => arn("states", `stateMachine:${name}`),
};

/** The attributes of a resource that was just made. */
export function resourceOutputs({ type, name, inputs }) {
  const physical = inputs.name ?? inputs.bucket ?? inputs.layerName ?? name;
  const made = ARNS[type]?.(physical, inputs);
  return {
    ...inputs,
    name: physical,
    ...(made !== undefined && { arn: made }),
    ...(type === "aws:s3/bucket:Bucket" && { bucket: physical }),
    ...(inputs.streamEnabled && { streamArn: `${made}/stream/2026-01-01T00:00:00.000` }),
    ...(type.startsWith("random:") && { base64: "bWFkZS1ieS10aGUtdGVzdA==" }),
  };
}

/** The answers of functions of providers. */
export function callOutputs({ token, inputs }) {
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { id: REGION, region: REGION, name: REGION };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: ACCOUNT };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com" };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { ...inputs, json: JSON.stringify(policyDocument(inputs.statements ?? [])) };
    default:
      throw new Error(`nobody says what ${token} answers`);
  }
}

/** As the AWS provider writes policies. */
function policyDocument(statements) {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", principals, actions, resources, conditions }) => ({
      ...(sid && { Sid: sid }),
      Effect: effect,
      ...(principals && { Principal: principalsOf(principals) }),
      Action: actions,
      ...(resources && { Resource: resources }),
      ...(conditions?.length && { Condition: conditionsOf(conditions) }),
    })),
  };
}

function principalsOf(principals) {
  if (principals.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers]));
}

function conditionsOf(conditions) {
  const made = {};
  for (const { test, variable, values } of conditions) {
    made[test] = { ...made[test], [variable]: values };
  }
  return made;
}
