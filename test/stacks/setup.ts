import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatSnapshot } from "@promptops/core/domain";
import { MemoryLedger } from "@promptops/core/memory";
import { takeSnapshot } from "@promptops/registry";
import { appendVersion, candidate } from "@promptops/testing";
import type { TestProject } from "vitest/node";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { installPlatform, NoPlatformError } from "./platform.ts";
import { SHIPPED, STAGE_KINDS, STAGES, type StageKind } from "./stages.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What the program asks for on each stage, or why nobody knows. */
    readonly program: Readonly<Record<StageKind, Evaluation>> | { readonly missing: string };
  }
}

/** What a snapshot of the ledger would hold that is shipped with every stage here. */
async function someSnapshot(): Promise<string> {
  const ledger = new MemoryLedger();
  await appendVersion(ledger, candidate(SHIPPED));
  return formatSnapshot(await takeSnapshot(ledger, []));
}

const ROOT = join(import.meta.dirname, "../..");

/** Evaluates the program once for all tests of the stacks; before that, once per checkout, installs what it takes. */
export default async function setup(project: TestProject): Promise<() => void> {
  const work = mkdtempSync(join(tmpdir(), "promptops-stacks-"));
  const cleanUp = () => rmSync(work, { recursive: true, force: true });
  try {
    await installPlatform(ROOT);
    const snapshot = join(work, "snapshot.jsonl");
    writeFileSync(snapshot, await someSnapshot());
    const evaluations = STAGE_KINDS.map(async (kind) => {
      const { stage, environment } = STAGES[kind];
      const settings = { ...environment, PROMPTOPS_SNAPSHOT: snapshot };
      const options = { root: ROOT, work: join(work, kind), stage, environment: settings };
      return [kind, await evaluate(options)] as const;
    });
    const program = Object.fromEntries(await Promise.all(evaluations));
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
