import { expect, it } from "vitest";
import { deedsOn } from "./deeds.ts";
import { describeProgram, resourcesOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { isAllowed, principalsOf } from "./permissions.ts";

type Case = readonly [who: string, may: "may" | "may not", what: string];

interface TrustPolicy {
  readonly Statement: readonly {
    readonly Principal: Readonly<Record<string, string | readonly string[]>>;
  }[];
}

const ACCOUNT = "123456789012";

const CASES: readonly Case[] = [
  ["CiReader", "may", "read the ledger"],
  ["CiReader", "may", "read the stage's outputs"],
  ["CiReader", "may not", "append to the ledger"],
  ["CiReader", "may not", "overwrite or delete what is in the ledger"],
  ["CiReader", "may not", "read the whole table at once"],
  ["CiReader", "may not", "read another stage's outputs"],
  ["CiReader", "may not", "read what SST keeps"],
  ["CiReader", "may not", "read the lake"],
  ["CiReader", "may not", "call models"],
  ["CiReader", "may not", "become break-glass"],
  ["CiReader", "may not", "change what workflows may do"],
  ["CiReader", "may not", "change another stage's logs, tables and graphs"],

  ["CiSync", "may", "read the ledger"],
  ["CiSync", "may", "append to the ledger"],
  ["CiSync", "may", "read the stage's outputs"],
  ["CiSync", "may not", "overwrite or delete what is in the ledger"],
  ["CiSync", "may not", "reshape the ledger's table, delete it or replace its policy"],
  ["CiSync", "may not", "read the lake"],
  ["CiSync", "may not", "write into the lake"],
  ["CiSync", "may not", "read another stage's outputs"],
  ["CiSync", "may not", "write the stage's outputs"],
  ["CiSync", "may not", "read what SST keeps"],
  ["CiSync", "may not", "change functions"],
  ["CiSync", "may not", "stop the tamper alarm"],
  ["CiSync", "may not", "become break-glass"],
  ["CiSync", "may not", "change what workflows may do"],
  ["CiSync", "may not", "change another stage's logs, tables and graphs"],

  ["CiDeploy", "may", "change functions"],
  ["CiDeploy", "may", "change roles of the stage"],
  ["CiDeploy", "may", "write the stage's outputs"],
  ["CiDeploy", "may", "read what SST keeps"],
  // The workflow asks the doctor after it has deployed, and takes a snapshot before.
  ["CiDeploy", "may", "ask what the doctor asks"],
  ["CiDeploy", "may", "read the ledger"],
  ["CiDeploy", "may not", "insert items"],
  ["CiDeploy", "may not", "overwrite or delete what is in the ledger"],
  ["CiDeploy", "may not", "reshape the ledger's table, delete it or replace its policy"],
  ["CiDeploy", "may not", "become break-glass"],
  ["CiDeploy", "may not", "change roles that are not the stage's"],
  ["CiDeploy", "may not", "use other tables"],
  ["CiDeploy", "may not", "use other buckets"],
  ["CiDeploy", "may not", "read another stage's outputs"],
  ["CiDeploy", "may not", "publish to other topics"],
  ["CiDeploy", "may not", "make roles that are not held to the boundary"],
  ["CiDeploy", "may not", "lift the boundary"],
  ["CiDeploy", "may not", "change what workflows may do"],
  ["CiDeploy", "may not", "change another stage's logs, tables and graphs"],

  ["BatchWorker", "may", "read the ledger"],
  ["BatchWorker", "may", "read data sets and results"],
  ["BatchWorker", "may", "write results"],
  ["BatchWorker", "may", "call models"],
  ["BatchWorker", "may not", "append to the ledger"],
  ["BatchWorker", "may not", "overwrite or delete what is in the ledger"],
  ["BatchWorker", "may not", "delete data sets and results"],
  ["BatchWorker", "may not", "read the lake"],
  ["BatchWorker", "may not", "send events"],
  ["BatchWorker", "may not", "start batch jobs"],

  ["IntentClassifier", "may", "read the ledger"],
  ["IntentClassifier", "may", "call models"],
  ["IntentClassifier", "may not", "append to the ledger"],
  ["IntentClassifier", "may not", "overwrite or delete what is in the ledger"],
  ["IntentClassifier", "may not", "read data sets and results"],
  ["IntentClassifier", "may not", "read the lake"],
  ["IntentClassifier", "may not", "read the stage's outputs"],

  ["PinsOnDashboard", "may", "read the ledger"],
  ["PinsOnDashboard", "may", "read the ledger's stream"],
  ["PinsOnDashboard", "may", "change the dashboard"],
  ["PinsOnDashboard", "may not", "change other dashboards"],
  ["PinsOnDashboard", "may not", "append to the ledger"],
  ["PinsOnDashboard", "may not", "overwrite or delete what is in the ledger"],
  ["PinsOnDashboard", "may not", "call models"],
  ["PinsOnDashboard", "may not", "tell the recipients of alarms"],

  ["Batch", "may", "call the worker"],
  ["Batch", "may", "start batch jobs"],
  ["Batch", "may", "read data sets and results"],
  ["Batch", "may", "write results"],
  ["Batch", "may not", "call the classifier"],
  ["Batch", "may not", "read the ledger"],
  ["Batch", "may not", "append to the ledger"],
  ["Batch", "may not", "delete data sets and results"],
  ["Batch", "may not", "read the lake"],

  ["Bedrock", "may", "read data sets and results"],
  ["Bedrock", "may", "write results"],
  ["Bedrock", "may", "call models"],
  ["Bedrock", "may not", "read the ledger"],
  ["Bedrock", "may not", "append to the ledger"],
  ["Bedrock", "may not", "read the lake"],
  ["Bedrock", "may not", "delete data sets and results"],

  ["Delivery", "may", "write into the lake"],
  ["Delivery", "may", "read the lake's table"],
  ["Delivery", "may not", "delete from the lake"],
  ["Delivery", "may not", "change the lake's table"],
  ["Delivery", "may not", "read the ledger"],
  ["Delivery", "may not", "put large prompts"],
  ["Delivery", "may not", "read data sets and results"],

  ["Subscription", "may", "send log lines to the lake"],
  ["Subscription", "may not", "send events"],
  ["Subscription", "may not", "write into the lake"],
  ["Subscription", "may not", "read the ledger"],

  ["TamperAlarm", "may", "read the ledger's stream"],
  ["TamperAlarm", "may", "tell the recipients of alarms"],
  ["TamperAlarm", "may not", "publish to other topics"],
  ["TamperAlarm", "may not", "change who gets alarms"],
  ["TamperAlarm", "may not", "read the ledger"],
  ["TamperAlarm", "may not", "append to the ledger"],

  ["administrator", "may", "append to the ledger"],
  ["administrator", "may not", "overwrite or delete what is in the ledger"],
  ["administrator", "may not", "reshape the ledger's table, delete it or replace its policy"],
  ["root user", "may", "read the ledger"],
  ["root user", "may not", "overwrite or delete what is in the ledger"],
  ["root user", "may not", "reshape the ledger's table, delete it or replace its policy"],
  ["break-glass", "may", "overwrite or delete what is in the ledger"],
  ["break-glass", "may", "reshape the ledger's table, delete it or replace its policy"],
];

/** The calls of a deed that contradict what is said of somebody. */
async function contradictions(evaluation: Evaluation, [who, may, what]: Case): Promise<readonly string[]> {
  const principal = principalsOf(evaluation).find(({ name }) => name === who);
  const calls = deedsOn(evaluation)[what];
  if (principal === undefined || calls === undefined) throw new Error(`nobody knows ${who} or ${what}`);
  const found = calls.map(async (call) =>
    (await isAllowed(evaluation, principal, call)) === (may === "may")
      ? []
      : [`${call.action} ${call.resource}`],
  );
  return (await Promise.all(found)).flat();
}

/** The program's own roles, as principals are called. */
function rolesOf(evaluation: Evaluation): readonly string[] {
  return resourcesOf(evaluation, "aws:iam/role:Role").map(({ name }) => name.replace(/Role$/, ""));
}

describeProgram("who may do what", (on) => {
  it.each(CASES)("%s %s %s", async (...said) => {
    expect(await contradictions(on("production"), said)).toEqual([]);
  });

  it("is the same on staging", async () => {
    const there = principalsOf(on("staging")).map(({ name }) => name);
    const cases = CASES.filter(([who]) => there.includes(who));
    expect(cases.length).toBeGreaterThan(40);
    for (const said of cases) {
      expect(await contradictions(on("staging"), said), said.join(" ")).toEqual([]);
    }
  });

  it.each(["staging", "production"] as const)(
    "is nothing to another stage, for the roles of %s",
    async (kind) => {
      for (const who of rolesOf(on(kind))) {
        const said = [who, "may not", "do anything to another stage"] as const;
        expect(await contradictions(on(kind), said), who).toEqual([]);
      }
      // What is asked can be granted at all.
      const anybody = ["administrator", "may", "use other tables"] as const;
      expect(await contradictions(on(kind), anybody)).toEqual([]);
    },
  );

  it("is no more for a role of a service, whatever policies it is given", async () => {
    const evaluation = on("production");
    const services = principalsOf(evaluation).filter(({ boundary }) => boundary !== undefined);
    expect(services.map(({ name }) => name)).toEqual(
      rolesOf(evaluation).filter((name) => !name.startsWith("Ci")),
    );
    const everything = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    };
    const deeds = deedsOn(evaluation);
    for (const service of services) {
      const unbound = { ...service, policies: [everything] };
      const may = (what: string) =>
        Promise.all((deeds[what] ?? []).map((call) => isAllowed(evaluation, unbound, call)));
      expect(await may("read the lake"), service.name).not.toContain(false);
      for (const what of [
        "append to the ledger",
        "overwrite or delete what is in the ledger",
        "change roles of the stage",
        "change what workflows may do",
      ]) {
        expect(await may(what), `${service.name}: ${what}`).not.toContain(true);
      }
    }
  });

  it("is nothing that nobody could do", async () => {
    const evaluation = on("production");
    const refused = ["overwrite or delete", "reshape"];
    for (const what of Object.keys(deedsOn(evaluation))) {
      const may = refused.some((begin) => what.startsWith(begin)) ? "may not" : "may";
      expect(await contradictions(evaluation, ["administrator", may, what]), what).toEqual([]);
    }
  });

  it("is for one service each, or for GitHub's workflows", () => {
    const open = resourcesOf(on("production"), "aws:iam/role:Role").map(({ name, inputs }) => {
      const { assumeRolePolicy: policy } = inputs;
      const { Statement } = (typeof policy === "string" ? JSON.parse(policy) : policy) as TrustPolicy;
      const who = Statement.flatMap(({ Principal }) =>
        Object.entries(Principal).flatMap(([kind, ones]) => [ones].flat().map((one) => `${kind} ${one}`)),
      );
      return [name.replace(/Role$/, ""), who] as const;
    });
    const workflows = [`Federated arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`];
    expect(Object.fromEntries(open)).toEqual({
      Batch: ["Service states.amazonaws.com"],
      BatchWorker: ["Service lambda.amazonaws.com"],
      Bedrock: ["Service bedrock.amazonaws.com"],
      CiDeploy: workflows,
      CiReader: workflows,
      CiSync: workflows,
      Delivery: ["Service firehose.amazonaws.com"],
      IntentClassifier: ["Service lambda.amazonaws.com"],
      PinsOnDashboard: ["Service lambda.amazonaws.com"],
      Subscription: ["Service logs.amazonaws.com"],
      TamperAlarm: ["Service pipes.amazonaws.com"],
    });
  });

  it("is said of each role, what it may and what not", () => {
    const said = (may: Case[1]) => new Set(CASES.flatMap(([who, is]) => (is === may ? [who] : [])));
    const unsaid = rolesOf(on("production")).filter(
      (who) => !said("may").has(who) || !said("may not").has(who),
    );
    expect(unsaid).toEqual([]);
    const deeds = new Set([...CASES.map(([, , what]) => what), "do anything to another stage"]);
    expect(Object.keys(deedsOn(on("production"))).filter((what) => !deeds.has(what))).toEqual([]);
  });
});
