import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { installPlatform, NoPlatformError } from "./platform.ts";
import { STAGE_KINDS, STAGES, type StageKind } from "./stages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What the program asks for on each stage, or why nobody knows. */
    readonly program: Readonly<Record<StageKind, Evaluation>> | { readonly missing: string };
  }
}

const ROOT = join(import.meta.dirname, "../..");

/** Evaluates the program once for all tests of the stacks; before that, once per checkout, installs what it takes. */
export default async function setup(project: TestProject): Promise<() => void> {
  const work = mkdtempSync(join(tmpdir(), "promptops-stacks-"));
  const cleanUp = () => rmSync(work, { recursive: true, force: true });
  try {
    await installPlatform(ROOT);
    const program: Partial<Record<StageKind, Evaluation>> = {};
    // One after another: each builds its functions, in one folder.
    for (const kind of STAGE_KINDS) {
      program[kind] = await evaluate({ root: ROOT, work: join(work, kind), ...STAGES[kind] });
    }
    project.provide("program", program as Record<StageKind, Evaluation>);
  } catch (error) {
    if (!(error instanceof NoPlatformError)) {
      cleanUp();
      throw error;
    }
    project.provide("program", { missing: error.message });
  }
  return cleanUp;
}
