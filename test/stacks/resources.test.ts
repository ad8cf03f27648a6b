import { expect, it } from "vitest";
import { stringify } from "yaml";
import { describeProgram } from "./describe-program.ts";
import type { Evaluation } from "./evaluate.ts";
import { STAGE_KINDS, STAGES } from "./stages.ts";

/** So that a change of what is deployed shows in review. `npx vitest run --project stacks -u` writes the files anew. */
describeProgram("the resources", (on) => {
  it.each(STAGE_KINDS)("of a %s stage are those of its file", async (kind) => {
    await expect(page(kind, on(kind))).toMatchFileSnapshot(`resources/${kind}.yaml`);
  });

  it("have no secret in them", () => {
    for (const kind of STAGE_KINDS) {
      const text = JSON.stringify(on(kind));
      expect(text).not.toMatch(/AKIA|ASIA|aws_secret|"SST_KEY|PRIVATE KEY/);
    }
  });
});

function page(kind: keyof typeof STAGES, { app, outputs, resources }: Evaluation): string {
  const asked = resources.filter(({ type }) => type.startsWith("aws:"));
  const byName = asked.map(({ type, name, retainOnDelete, protect, after, inputs }) => [
    `${type.replace(/^aws:(\w+)\/.*:/, "$1 ")} ${name}`,
    {
      ...(retainOnDelete && { retainOnDelete }),
      ...(protect && { protect }),
      ...(after.length > 0 && { after }),
      ...(readable(inputs) as object),
    },
  ]);
  const comment = `# What the program asks for on the stage ${STAGES[kind].stage}. Written by resources.test.ts.\n`;
  const content = { app, outputs, resources: Object.fromEntries(byName) as object };
  return comment + stringify(content, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

/** Policies and definitions as what they say; files by their names; no hashes of code, which changes more often than its place. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, inner]) => [
      name,
      name === "file" || name === "archive" ? fileName(inner) : readable(inner),
    ]);
    return Object.fromEntries(entries) as object;
  }
  if (typeof value !== "string") return value;
  if (/^[[{]+"/.test(value)) return readable(JSON.parse(value));
  return value.replace(/[0-9a-f]{64}/, "<hash>");
}

function fileName(path: unknown): string | undefined {
  return String(path).split(/[\\/]/).at(-1);
}
