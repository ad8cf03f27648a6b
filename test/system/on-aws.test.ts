import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect, ensureTable } from "@promptops/core/dynamo";
import { type Engine, startEngine } from "@promptops/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const ARN = "arn:aws:sts::123456789012:assumed-role/platform/ada";

/** The answer of GetCallerIdentity, as https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html has it. */
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>${ARN}</Arn><UserId>AROA:ada</UserId><Account>123456789012</Account></GetCallerIdentityResult>
  <ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>`;

const sts = createServer(async (request, response) => {
  const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
  const known = form.get("Action") === "GetCallerIdentity";
  response.writeHead(known ? 200 : 400, { "content-type": "text/xml" }).end(known ? IDENTITY : "");
});

/** As on AWS: a table that is named, in a region, with credentials; the SDK's own settings lead to engines here. */
describe("with PROMPTOPS_TABLE and AWS settings", () => {
  let engine: Engine;
  let project: Project;
  beforeEach(async () => {
    engine = await startEngine();
    sts.listen(0, "127.0.0.1");
    await once(sts, "listening");
    project = new Project();
    await project.init();
    project.write("prompts/support/classifier.yaml", promptFile("support.classifier", 1));
    Object.assign(project.env, {
      PROMPTOPS_TABLE: "stage-ledger",
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "AKIA",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
      AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
    });
  });
  afterEach(async () => {
    project[Symbol.dispose]();
    sts.closeAllConnections();
    await new Promise((resolve) => sts.close(resolve));
    await engine.stop();
  });

  test("the actor is the caller's identity", async () => {
    await ensureTable(connect({ endpoint: engine.endpoint }), "stage-ledger");
    expect(await project.promptops("sync")).toMatchObject({ code: 0 });
    expect(await project.json("log", "support.classifier")).toMatchObject([{ actor: ARN }]);
  });

  test("in CI the actor is who set off the run", async () => {
    await ensureTable(connect({ endpoint: engine.endpoint }), "stage-ledger");
    project.env.GITHUB_ACTOR = "octocat";
    await project.promptops("sync");
    expect(await project.json("log", "support.classifier")).toMatchObject([{ actor: "github:octocat" }]);
  });

  test("a missing table is not made, and the error says what to check", async () => {
    const { code, stderr } = await project.promptops("list");
    expect(code).toBe(3);
    expect(stderr).toContain('there is no table "stage-ledger"');
    expect(stderr).toContain("PROMPTOPS_TABLE");
  });
});
