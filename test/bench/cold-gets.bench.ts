import { startEngine } from "@promptops/local";
import { OutageProxy } from "@promptops/testing";
import { LangfuseServer, langfuseClient } from "./langfuse-server.ts";
import { type Bench, interleave, milliseconds, rowOf } from "./measure.ts";
import { createParametersTable, parameters } from "./parameters-table.ts";
import { definitionOf } from "./prompts.ts";
import { createTable, environmentClient } from "./table.ts";

const PROMPT = definitionOf("customer-support.intent-classifier");
const GETS = 1_000;
const ROUNDS = 5;

/**
 * 1,000 gets of one prompt at once by a new client that holds nothing: the requests that reach the server, and the
 * time until all are answered. PromptOps and Powertools read from the embedded engine through a proxy that counts,
 * Langfuse from a server that does nothing but answer.
 */
export const bench: Bench = async () => {
  const engine = await startEngine();
  const proxy = new OutageProxy(engine.endpoint);
  try {
    await createTable(engine.endpoint, [PROMPT]);
    await createParametersTable(engine.endpoint, [PROMPT]);
    const endpoint = await proxy.start();
    await using server = await LangfuseServer.start([PROMPT]);
    /** What was asked for so far of whichever server is asked. */
    const requests = () => proxy.operations.length + server.requests;
    const contenders = {
      PromptOps() {
        const client = environmentClient(endpoint);
        return async () => (await client.get(PROMPT.id)).template;
      },
      Langfuse() {
        const client = langfuseClient(server.url);
        return async () => (await client.prompt.get(PROMPT.id, { type: "text" })).prompt;
      },
      Powertools() {
        const get = parameters(endpoint);
        return async () => (await get(PROMPT.id)).template;
      },
    };
    const figures = Object.entries(contenders).map(([name, start]) => {
      const counted: number[] = [];
      const time = async () => {
        const get = start();
        const before = requests();
        let texts: readonly (string | undefined)[] = [];
        const taken = await milliseconds(async () => {
          texts = await Promise.all(Array.from({ length: GETS }, get));
        });
        if (texts.some((text) => text !== PROMPT.template)) throw new Error(`${name} got another text`);
        counted.push(requests() - before);
        return taken;
      };
      return { name, time, counted };
    });
    const times = await interleave(
      Object.fromEntries(figures.map(({ name, time }) => [`${name}, until all are answered`, time])),
      ROUNDS,
      "ms",
    );
    const counts = figures.map(({ name, counted }) => rowOf(`${name}, in all`, counted, "requests"));
    return [...counts, ...times];
  } finally {
    await proxy.stop();
    await engine.stop();
  }
};
