// What the runtime nodejs24.x does inside a Lambda function's process. JavaScript, so that a cold start is not longer
// than Lambda's by the time it takes to load what strips types.
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { writeConsoleLines } from "./console-lines.mjs";
import { loadHandler } from "./load-handler.mjs";
import { importFromNodePath } from "./node-path.mjs";
import { standInForOpt } from "./opt-folder.mjs";

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root = "", _HANDLER: name = "" } = process.env;
const [, , opt] = process.argv;

/** See the class LogStream. */
const MARK = "\0frozen\0";

/** The invocation under way. */
let current;

writeConsoleLines(() => current);
importFromNodePath();
if (opt !== undefined) standInForOpt(opt);
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, async (reason) => {
    const type = event === "unhandledRejection" ? "Runtime.UnhandledPromiseRejection" : undefined;
    const path = current === undefined ? "/init/error" : `/invocation/${current}/error`;
    await post(path, described(reason, type)).finally(() => process.exit(129));
  });
}

let handler;
try {
  handler = await loadHandler(root, name);
} catch (error) {
  await post("/init/error", described(error));
  process.exit(1);
}
for (;;) await serve();

async function serve() {
  process.stdout.write(MARK);
  process.stderr.write(MARK);
  const { headers, body } = await ask("GET", "/invocation/next");
  const id = headers["lambda-runtime-aws-request-id"];
  current = id;
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
  let answer;
  try {
    const returned = await handler(JSON.parse(body), contextOf(headers));
    answer = [`/invocation/${id}/response`, JSON.stringify(returned) ?? "null"];
  } catch (error) {
    answer = [`/invocation/${id}/error`, described(error)];
  }
  await post(...answer);
  current = undefined;
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const { env } = process;
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** An error as Lambda reports it, JSON. */
function described(error, type) {
  const {
    name: errorType,
    message,
    stack = "",
  } = error instanceof Error ? error : { name: typeof error, message: String(error) };
  const stackTrace = stack.split("\n").filter((line) => line !== "");
  return JSON.stringify({ errorType: type ?? errorType, errorMessage: message, stackTrace });
}

function post(path, body) {
  return ask("POST", path, body);
}

async function ask(method, path, body) {
  const sent = request(`http://${api}/2018-06-01/runtime${path}`, { method, agent: false });
  sent.end(body);
  const [response] = await once(sent, "response");
  return { headers: response.headers, body: await text(response) };
}
