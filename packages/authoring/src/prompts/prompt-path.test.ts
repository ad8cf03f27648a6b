import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileOf, idOf, kindOf, pathProblem } from "./prompt-path.ts";

describe("path and id", () => {
  it.each([
    ["prompts/customer_support/intent_classifier.yaml", "customer-support.intent-classifier"],
    ["prompts/a/b/c_2.yaml", "a.b.c-2"],
  ])("%s is %s, and back", (file, id) => {
    expect(idOf(file)).toBe(id);
    expect(fileOf(id)).toBe(file);
  });

  it("never gives two files one id", () => {
    const step = fc.stringMatching(/^[a-z0-9]{1,4}(_[a-z0-9]{1,4}){0,2}$/);
    const path = fc
      .array(step, { minLength: 2, maxLength: 4 })
      .map((steps) => `prompts/${steps.join("/")}.yaml`);
    fc.assert(
      fc.property(path, (file) => {
        expect(fileOf(idOf(file) ?? "")).toBe(file);
      }),
    );
  });

  it.each<[string, string | undefined]>([
    ["prompts/reply.yaml", "Move it to prompts/<domain>/reply.yaml."],
    ["prompts/models.yml", "Rename it to prompts/models.yaml."],
    ["prompts/support/reply.yml", "Rename it to prompts/support/reply.yaml."],
    ["prompts/support/reply.YAML", "Rename it to prompts/support/reply.yaml."],
    ["prompts/support/intent-classifier.yaml", "Rename it to prompts/support/intent_classifier.yaml."],
    [
      "prompts/customer-support/IntentClassifier.v2.yaml",
      "Rename it to prompts/customer_support/intent_classifier_v2.yaml.",
    ],
    ["prompts/support/my reply.yaml", "Rename it to prompts/support/my_reply.yaml."],
    ["prompts/support/日.yaml", undefined],
    [`prompts/support/${"a".repeat(250)}.yaml`, undefined],
  ])("%s is refused", (file, hint) => {
    expect(idOf(file)).toBeUndefined();
    expect(pathProblem(file)).toMatchObject({ code: "file-name", hint });
  });

  it.each([
    ["prompts/a/b.yaml", "wanted"],
    ["prompts/a/b.YML", "wanted"],
    ["prompts/models.yaml", "ignored"],
    ["prompts/settings.yaml", "ignored"],
    ["prompts/a/models.yaml", "wanted"],
    ["prompts/a/README.md", "ignored"],
    ["prompts/.DS_Store", "ignored"],
    ["prompts/.drafts/a/b.yaml", "ignored"],
    ["prompts/a/b.yaml.orig", "stray"],
    ["prompts/a/b.json", "stray"],
  ])("%s is %s", (file, kind) => {
    expect(kindOf(file)).toBe(kind);
  });
});
