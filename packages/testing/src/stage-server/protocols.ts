import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ANSWERS, type Answer } from "./answers.ts";
import { AwsError } from "./aws-error.ts";
import { bucketAnswer } from "./bucket-answers.ts";
import type { StageParts } from "./parts.ts";
import { element, members } from "./xml.ts";

/** What goes back over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An operation of a service, as a request asks for it. */
interface Asked {
  /** The permission that it takes. */
  readonly action: string;
  readonly reply: (parts: StageParts) => Reply;
}

/** How a service is spoken to: over which protocol, and with which errors it refuses. */
export interface Protocol {
  /** What a request asks for. Throws an AwsError if that is not known here. */
  readonly asked: (request: IncomingMessage, body: string) => Asked;
  readonly refusal: (error: AwsError) => Reply;
  /** The error of a caller who may not. */
  readonly denied: { readonly status: number; readonly code: string };
  /** The error of a signature by a clock that is too far off, and how far it may be, in minutes. */
  readonly skewed: { readonly status: number; readonly code: string; readonly minutes: number };
}

/** By the name that requests are signed for. */
export const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  dynamodb: jsonProtocol("dynamodb", "DynamoDB_20120810", "1.0", "com.amazonaws.dynamodb.v20120810#"),
  firehose: jsonProtocol("firehose", "Firehose_20150804", "1.1"),
  ssm: jsonProtocol("ssm", "AmazonSSM", "1.1"),
  // CloudWatch has more protocols than this one; the installed SDK speaks it.
  monitoring: jsonProtocol("cloudwatch", "GraniteServiceVersion20100801", "1.0"),
  sts: queryProtocol("sts", "https://sts.amazonaws.com/doc/2011-06-15/", "AccessDenied"),
  sns: queryProtocol("sns", "http://sns.amazonaws.com/doc/2010-03-31/", "AuthorizationError"),
  lambda: restProtocol([
    [/^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/configuration$/, "lambda:GetFunctionConfiguration"],
    [/^\/2018-10-31\/layers\/(?<LayerName>[^/]+)\/versions$/, "lambda:ListLayerVersions"],
  ]),
  pipes: restProtocol([[/^\/v1\/pipes\/(?<Name>[^/]+)$/, "pipes:DescribePipe"]]),
  s3: s3Protocol(),
};

/** https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html and …-1_1-protocol.html */
function jsonProtocol(service: string, target: string, version: string, namespace = ""): Protocol {
  const headers = { "content-type": `application/x-amz-json-${version}`, "x-amzn-requestid": randomUUID() };
  return {
    asked: (request, body) => {
      const [prefix, operation = ""] = String(request.headers["x-amz-target"]).split(".");
      const action = `${service}:${operation}`;
      const answer = prefix === target ? ANSWERS[action] : undefined;
      if (answer === undefined) throw new AwsError(400, "UnknownOperationException", "");
      const input = JSON.parse(body) as Record<string, unknown>;
      return { action, reply: (parts) => ({ status: 200, headers, body: json(answer(parts, input)) }) };
    },
    refusal: ({ status, code, message }) => ({
      status,
      headers,
      body: json({ __type: `${namespace}${code}`, message }),
    }),
    denied: { status: 400, code: "AccessDeniedException" },
    skewed: { status: 400, code: "InvalidSignatureException", minutes: 5 },
  };
}

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
function queryProtocol(service: string, namespace: string, denied: string): Protocol {
  const headers = { "content-type": "text/xml" };
  const metadata = () => `<ResponseMetadata>${element("RequestId", randomUUID())}</ResponseMetadata>`;
  return {
    asked: (_, body) => {
      const input = Object.fromEntries(new URLSearchParams(body));
      const action = `${service}:${input.Action}`;
      const answer = ANSWERS[action];
      if (answer === undefined) {
        throw new AwsError(400, "InvalidAction", `Could not find operation ${input.Action}`);
      }
      const wrap = (result: object) =>
        `<${input.Action}Response xmlns="${namespace}"><${input.Action}Result>${members(result)}</${input.Action}Result>${metadata()}</${input.Action}Response>`;
      return { action, reply: (parts) => ({ status: 200, headers, body: wrap(answer(parts, input)) }) };
    },
    refusal: ({ status, code, message }) => ({
      status,
      headers,
      body: `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type>${element("Code", code)}${element("Message", message)}</Error>${element("RequestId", randomUUID())}</ErrorResponse>`,
    }),
    denied: { status: 403, code: denied },
    skewed: { status: 403, code: "SignatureDoesNotMatch", minutes: 5 },
  };
}

/** GET alone: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
function restProtocol(routes: readonly (readonly [path: RegExp, action: string])[]): Protocol {
  const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
  return {
    asked: ({ method, url = "/" }) => {
      const { pathname } = new URL(url, "http://localhost");
      for (const [path, action] of routes) {
        const { groups } = path.exec(decodeURIComponent(pathname)) ?? {};
        if (method !== "GET" || groups === undefined) continue;
        const answer = ANSWERS[action] as Answer;
        return { action, reply: (parts) => ({ status: 200, headers, body: json(answer(parts, groups)) }) };
      }
      throw new AwsError(404, "UnknownOperationException", "");
    },
    refusal: ({ status, code, message }) => ({
      status,
      headers: { ...headers, "x-amzn-errortype": code },
      body: json({ Message: message }),
    }),
    denied: { status: 403, code: "AccessDeniedException" },
    skewed: { status: 403, code: "InvalidSignatureException", minutes: 5 },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function s3Protocol(): Protocol {
  const headers = { "content-type": "application/xml", "x-amz-request-id": randomUUID() };
  return {
    asked: ({ method, url = "/" }) => {
      const { pathname, searchParams } = new URL(url, "http://localhost");
      const bucket = pathname.split("/").filter(Boolean);
      const known =
        method === "GET" && bucket.length === 1 ? bucketAnswer(String(bucket[0]), searchParams) : undefined;
      if (known === undefined) throw new AwsError(501, "NotImplemented", `${method} ${url}`);
      const { action, answer } = known;
      return { action, reply: (parts) => ({ status: 200, headers, body: answer(parts) }) };
    },
    refusal: ({ status, code, message }) => ({
      status,
      headers,
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${element("Code", code)}${element("Message", message)}${element("RequestId", randomUUID())}<HostId>host</HostId></Error>`,
    }),
    denied: { status: 403, code: "AccessDenied" },
    skewed: { status: 403, code: "RequestTimeTooSkewed", minutes: 15 },
  };
}

/** Times are seconds since 1970. */
function json(value: object): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name: string, item: unknown) {
    const own = this[name];
    return own instanceof Date ? own.getTime() / 1000 : item;
  });
}
