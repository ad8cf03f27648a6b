import { describe, expect, it } from "vitest";
import { callsOn } from "./calls.ts";
import { describeProgram, resourcesOf } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { isAllowed, mayAssume, principalsOf } from "./permissions.ts";

const PAGE = "../../docs/permissions.md";

/** Who may make the calls of a group, by the calls' titles. */
async function allowedIn(evaluation: Evaluation, group: string): Promise<Record<string, readonly string[]>> {
  const calls = callsOn(evaluation)[group];
  if (calls === undefined) throw new Error(`there is no group ${group}`);
  const rows = calls.map(async (call) => {
    const answers = principalsOf(evaluation).map(async (principal) => ({
      name: principal.name,
      allowed: await isAllowed(evaluation, principal, call),
    }));
    const names = (await Promise.all(answers)).flatMap(({ name, allowed }) => (allowed ? [name] : []));
    return [call.title, names] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

describeProgram("permissions", (on) => {
  it("are as docs/permissions.md says", async () => {
    const evaluation = on("production");
    const names = principalsOf(evaluation).map(({ name }) => name);
    const sections = Object.keys(callsOn(evaluation)).map(async (group) => {
      const allowed = await allowedIn(evaluation, group);
      const rows = Object.entries(allowed).map(
        ([title, who]) =>
          `| ${title} | ${names.map((name) => (who.includes(name) ? "**yes**" : "no")).join(" | ")} |`,
      );
      return [
        `## ${group}`,
        "",
        `| | ${names.join(" | ")} |`,
        `|---|${names.map(() => "---|").join("")}`,
        ...rows,
        "",
      ].join("\n");
    });
    await expect(`${INTRODUCTION}\n${(await Promise.all(sections)).join("\n")}`).toMatchFileSnapshot(PAGE);
  });

  it.each(["staging", "production"] as const)(
    "let nobody but break-glass rewrite the ledger on %s",
    async (kind) => {
      const groups = ["Overwrite or delete what is in it", "Undo what protects it"];
      const [rewrite, undo] = await Promise.all(groups.map((group) => allowedIn(on(kind), group)));
      for (const who of Object.values(rewrite ?? {})) expect(who).toEqual(["break-glass"]);
      for (const [title, who] of Object.entries(undo ?? {})) {
        if (title.includes("table") || title.includes("items") || title.includes("backups")) {
          expect(who, title).toEqual(["break-glass"]);
        }
      }
    },
  );

  it("let nobody at all overwrite or delete on a personal stage, but its owner remove it", async () => {
    const rewrite = await allowedIn(on("personal"), "Overwrite or delete what is in it");
    for (const who of Object.values(rewrite)) expect(who).toEqual([]);
    const undo = await allowedIn(on("personal"), "Undo what protects it");
    expect(undo["delete the table"]).toContain("administrator");
  });

  it("let the workflow that syncs append and read, and nothing else", async () => {
    for (const [group, may] of [
      ["Append to the ledger", true],
      ["Overwrite or delete what is in it", false],
      ["Undo what protects it", false],
      ["Go elsewhere", false],
    ] as const) {
      const allowed = await allowedIn(on("production"), group);
      for (const [title, who] of Object.entries(allowed)) expect(who.includes("CiSync"), title).toBe(may);
    }
  });

  it.each(["BatchWorker", "CiReader", "IntentClassifier", "PinsOnDashboard"])(
    "let %s read, and nothing else",
    async (name) => {
      const { "Read the ledger": _, ...others } = callsOn(on("production"));
      const read = await allowedIn(on("production"), "Read the ledger");
      const { "all items (`verify`, by who may read everything)": scan, ...what } = read;
      expect(scan).not.toContain(name);
      for (const [title, who] of Object.entries(what)) expect(who, title).toContain(name);
      for (const group of Object.keys(others)) {
        for (const [title, who] of Object.entries(await allowedIn(on("production"), group))) {
          expect(who, title).not.toContain(name);
        }
      }
    },
  );

  it("are of three roles for workflows, where a repository is named", () => {
    const ofWorkflows = (evaluation: Evaluation) =>
      resourcesOf(evaluation, "aws:iam/role:Role").filter(({ name }) => name.startsWith("Ci"));
    expect(ofWorkflows(on("production")).map(({ name }) => name)).toEqual(["CiDeploy", "CiReader", "CiSync"]);
    expect(ofWorkflows(on("personal"))).toEqual([]);
  });

  describe("of GitHub's workflows", () => {
    const writes = ["repo:acme/prompts:environment:production"];
    const cases = [
      ["CiReader", ["repo:acme/prompts:pull_request"]],
      ["CiSync", writes],
      ["CiDeploy", writes],
    ] as const;
    const subjects = [
      "repo:acme/prompts:pull_request",
      "repo:acme/prompts:environment:production",
      "repo:acme/prompts:environment:staging",
      "repo:acme/prompts:ref:refs/heads/main",
      "repo:acme/prompts-fork:environment:production",
      "repo:mallory/prompts:pull_request",
      "repo:mallory/prompts:environment:production",
      "repo:acme/prompts:environment:production-copy",
    ];
    it.each(cases)("open %s to %j alone", (name, open) => {
      const role = resourcesOf(on("production"), "aws:iam/role:Role").find((found) => found.name === name);
      if (role === undefined) throw new Error(`there is no ${name}`);
      for (const subject of subjects) {
        expect(mayAssume(role, subject), subject).toBe(open.some((allowed) => allowed === subject));
      }
      expect(mayAssume(role, open[0], "somebody-else")).toBe(false);
    });
  });
});

const INTRODUCTION = `# Who may do what to the ledger

Simulated by the rules of IAM from the policies that the program makes for the stage \`production\`; written by a test, which
fails when they change (\`npx vitest run --project stacks -u\` writes it anew). \`Ci…\` are the roles of workflows, the others
are those of functions and of the tamper alarm. The last three are not made by the program, and may do everything as far as their own
policies go: an administrator, the account's root user, and the break-glass role.
`;
