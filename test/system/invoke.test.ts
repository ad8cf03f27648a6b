import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const ID = "customer-support.intent-classifier";
const EVENT = JSON.stringify({ body: JSON.stringify({ message: "I was charged twice" }) });
const TEMPLATE = "Classify the message into one of:\n- billing\n- technical\n- other\n";

let project: Project;
beforeEach(async () => {
  project = new Project();
  await project.init();
  project.write("prompts/customer_support/intent_classifier.yaml", promptFile(ID, 1, { template: TEMPLATE }));
  project.write("event.json", EVENT);
  await project.commit("a prompt");
});
afterEach(() => project[Symbol.dispose]());

describe("promptops invoke", () => {
  test("prints what the function returns, and to stderr what it logs", async () => {
    await project.promptops("sync");
    const { code, stdout, stderr } = await project.promptops(
      "invoke",
      "intent-classifier",
      "--event",
      "event.json",
    );
    expect(code).toBe(0);
    const { statusCode, body } = JSON.parse(stdout);
    expect({ statusCode, ...JSON.parse(body) }).toEqual({
      statusCode: 200,
      intent: "billing",
      prompt_id: ID,
      prompt_version: 1,
    });
    const lines = stderr.split("\n").filter(Boolean);
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(["prompt_invoked", "prompt_completed"]);
  });

  test("takes the event from stdin, and prints all of it as JSON", async () => {
    project.install();
    await project.promptops("sync");
    const { code, stdout, stderr } = await project.shell(
      "npx promptops invoke intent-classifier --event - --json < event.json",
    );
    expect(code).toBe(0);
    expect(stderr).not.toContain("prompt_invoked");
    expect(JSON.parse(stdout)).toEqual({
      payload: expect.objectContaining({ statusCode: 200 }),
      logs: [expect.stringContaining("prompt_invoked"), expect.stringContaining("prompt_completed")],
      coldStart: true,
      initMs: expect.any(Number),
    });
  });

  test("succeeds where the handler answers with an error", async () => {
    const { code, stdout } = await project.promptops("invoke", "intent-classifier", "--event", "event.json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).statusCode).toBeGreaterThanOrEqual(500);
  });

  test("fails where the handler throws", async () => {
    project.write("null.json", "null");
    const { code, stdout, stderr } = await project.promptops(
      "invoke",
      "intent-classifier",
      "--event",
      "null.json",
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("intent-classifier failed: TypeError");
  });

  test.each([
    [
      "an unknown function",
      ["intent-classifer", "--event", "event.json"],
      1,
      "There is batch-worker, intent-classifier, pins-on-dashboard.",
    ],
    ["no file", ["intent-classifier", "--event", "missing.json"], 1, "missing.json cannot be read"],
    [
      "no JSON",
      ["intent-classifier", "--event", "prompts/customer_support/intent_classifier.yaml"],
      1,
      "is not JSON",
    ],
    ["no event", ["intent-classifier"], 2, "--event"],
  ])("refuses %s", async (_, args, code, words) => {
    expect(await project.promptops("invoke", ...args)).toMatchObject({
      code,
      stdout: "",
      stderr: expect.stringContaining(words),
    });
  });

  test("tells the service's trouble from a failing function", async () => {
    project.env.PROMPTOPS_ENDPOINT = "http://127.0.0.1:9";
    const { code, stderr } = await project.promptops("invoke", "intent-classifier", "--event", "event.json");
    expect(code).toBe(3);
    expect(stderr).toContain("cannot be reached");
  });
});
