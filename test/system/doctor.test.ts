import { GOOD_OUTPUTS, StageServer } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project } from "./project.ts";

/** As on a machine that has credentials and no project: the SDK's own settings lead to services here. */
describe("promptops doctor", () => {
  let server: StageServer;
  let project: Project;
  beforeEach(async () => {
    server = new StageServer();
    project = new Project();
    Object.assign(project.env, StageServer.environment(await server.start()));
  });
  afterEach(async () => {
    project[Symbol.dispose]();
    await server.stop();
  });

  const doctor = (...options: string[]) => project.promptops("doctor", "--stage", "production", ...options);

  test("finds a stage that is well, thing by thing", async () => {
    const { code, stdout, stderr } = await doctor();
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.slice(0, -2)).toEqual(lines.slice(0, -2).map(() => expect.stringMatching(/^✓ [a-z-]+ +\S/)));
    expect(lines.at(-1)).toBe("production is well: 19 of 19 fine");
  });

  test("says what is wrong and what is not known, and what to do", async () => {
    const { table } = server.parts;
    if (table !== undefined) table.DeletionProtectionEnabled = false;
    server.denied.add("pipes:DescribePipe");
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toContain(
      [
        "✗ table         the table is not protected from deletion",
        "                Deploy as break-glass: npx sst refresh --stage production && npx sst deploy --stage production",
      ].join("\n"),
    );
    expect(stdout).toContain("? tamper-alarm  the caller may not look: pipes:DescribePipe is denied");
    expect(stdout).toMatch(/\nproduction is not well: 1 wrong, 1 unknown, 17 fine\n$/);
  });

  test("prints the same as JSON", async () => {
    server.parts.recovery.PointInTimeRecoveryStatus = "DISABLED";
    const { code, stdout } = await doctor("--json");
    expect(code).toBe(1);
    const printed = JSON.parse(stdout);
    expect(printed).toMatchObject({ stage: "production", fine: false, findings: { length: 19 } });
    expect(printed.findings).toContainEqual({
      check: "recovery",
      state: "wrong",
      says: "point-in-time recovery is off: the table cannot be restored as it was",
      mend: expect.stringContaining("npx sst deploy --stage production"),
    });
    expect(printed.findings[0]).toMatchObject({ check: "identity", state: "fine" });
  });

  test("in JSON, fine is true of a stage that is well", async () => {
    expect(await project.json("doctor", "--stage", "production")).toMatchObject({ fine: true });
  });

  test("fails where there is no such stage", async () => {
    const { code, stderr } = await project.promptops("doctor", "--stage", "staging");
    expect(code).toBe(1);
    expect(stderr).toContain("there is no stage staging in eu-central-1");
    const json = await project.promptops("doctor", "--stage", "staging", "--json");
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "stage-not-found" } });
  });

  test("fails otherwise where what the stage is made of cannot be read", async () => {
    server.denied.add("ssm:GetParameter");
    const { code, stderr } = await doctor();
    expect(code).toBe(3);
    expect(stderr).toContain("ssm:GetParameter");
  });

  test("names the variable of an endpoint that is no URL", async () => {
    project.env.AWS_ENDPOINT_URL_S3 = "foo";
    const { code, stderr } = await doctor();
    expect(code).toBe(1);
    expect(stderr).toContain("AWS_ENDPOINT_URL_S3 is no URL: foo");
  });

  test("looks where the outputs say, not where the environment says", async () => {
    project.env.PROMPTOPS_TABLE = "another";
    expect(await doctor()).toMatchObject({ code: 0, stdout: expect.stringContaining(GOOD_OUTPUTS.table) });
  });

  test("asks for the stage", async () => {
    const { code, stderr } = await project.promptops("doctor");
    expect(code).toBe(2);
    expect(stderr).toContain("--stage <name>");
  });
});
