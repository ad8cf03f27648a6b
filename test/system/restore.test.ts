import { connect, ensureTable } from "@promptops/core/dynamo";
import { type Engine, startEngine } from "@promptops/local";
import { BackDoor } from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Project, promptFile } from "./project.ts";

const ID = "support.classifier";
const FILE = "prompts/support/classifier.yaml";
const LEDGER = "promptops-production-ledger";
const RESTORED = `${LEDGER}-restored`;

/** What DynamoDB restores is the items that the table had at that second, in another table. */
describe("a ledger that was restored", () => {
  let engine: Engine;
  let project: Project;
  beforeEach(async () => {
    engine = await startEngine();
    project = new Project();
    await project.init();
    Object.assign(project.env, { PROMPTOPS_ENDPOINT: engine.endpoint, PROMPTOPS_TABLE: LEDGER });
  });
  afterEach(async () => {
    project[Symbol.dispose]();
    await engine.stop();
  });

  /** Copies the items as they are now. */
  async function restore(): Promise<void> {
    const { endpoint } = engine;
    await ensureTable(connect({ endpoint }), RESTORED);
    const restored = new BackDoor({ endpoint, table: RESTORED });
    for (const item of await new BackDoor({ endpoint, table: LEDGER }).items()) await restored.put(item);
  }

  test("serves what was served then, verifies, and takes what was published since", async () => {
    for (const version of [1, 2]) {
      project.write(FILE, promptFile(ID, version, version > 1 ? { parent: 1 } : {}));
      await project.commit(`version ${version}`);
      expect(await project.promptops("sync")).toMatchObject({ code: 0 });
    }
    await project.promptops("pin", `${ID}#1`, "--reason", "hold");
    await restore();
    await project.promptops("unpin", ID);
    project.write(FILE, promptFile(ID, 3, { parent: 2 }));
    await project.commit("version 3");
    await project.promptops("sync");
    expect(await project.json("resolve", ID)).toMatchObject({ versions: [{ version: 3 }] });

    project.env.PROMPTOPS_TABLE = RESTORED;
    expect(await project.promptops("verify")).toMatchObject({ code: 0 });
    expect(await project.json("resolve", ID)).toMatchObject({
      versions: [{ version: 1 }],
      since: { reason: "hold" },
    });
    expect(await project.promptops("sync")).toMatchObject({ code: 0 });
    expect(await project.json("show", `${ID}#3`)).toMatchObject({ version: 3 });
    // The pin is what was restored: it holds until somebody lifts it again.
    expect(await project.json("resolve", ID)).toMatchObject({ versions: [{ version: 1 }] });
    expect(await project.promptops("verify")).toMatchObject({ code: 0 });
  });
});
