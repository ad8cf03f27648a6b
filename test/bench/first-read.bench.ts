import type { PromptDefinition } from "@promptops/core/domain";
import { connect } from "@promptops/core/dynamo";
import { startEngine } from "@promptops/local";
import { bareRead } from "./bare-read.ts";
import { type Bench, interleave, type Measure, milliseconds } from "./measure.ts";
import { definitions } from "./prompts.ts";
import { createTable, environmentClient, TABLE } from "./table.ts";

const ROUNDS = 15;
const READS = 50;
const PROMPTS = definitions((ROUNDS + 1) * READS);

/**
 * Reads of prompts that the client holds nothing of, one after the other, over a connection that is open, from the
 * embedded engine: what the environment's client does against the same Query and GetItem by the SDK alone. Each
 * round reads 50 prompts that were not read before; the two start in different places, so that neither always comes
 * second to what the engine has read already.
 */
export const bench: Bench = async () => {
  const engine = await startEngine();
  try {
    await createTable(engine.endpoint, PROMPTS);
    const client = environmentClient(engine.endpoint);
    const sdk = connect(engine);
    return await interleave(
      {
        "PromptOps, get of a prompt not held": perRead(async (id) => (await client.get(id)).template, 0),
        "the SDK alone": perRead(async (id) => {
          const definition = JSON.parse(await bareRead(sdk, TABLE, id)) as PromptDefinition;
          return definition.template;
        }, PROMPTS.length / 2),
      },
      ROUNDS,
      "ms",
    );
  } finally {
    await engine.stop();
  }
};

/** Milliseconds per read of prompts that this contender has not read yet, `from` this one on. */
function perRead(read: (id: string) => Promise<string | undefined>, from: number): Measure {
  let next = from;
  return async () => {
    const prompts = PROMPTS.slice(next, next + READS);
    next = (next + READS) % PROMPTS.length;
    const texts: (string | undefined)[] = [];
    const taken = await milliseconds(async () => {
      for (const { id } of prompts) texts.push(await read(id));
    });
    if (texts.some((text, at) => text !== prompts[at]?.template)) throw new Error("another text was read");
    return taken / READS;
  };
}
