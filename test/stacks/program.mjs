// Runs this repository's sst.config.ts with SST's own components and Pulumi's mocks, and writes what it asks for.
// Bundled by evaluate.ts, which says where `platform:` and `program:` are.
import "./globals.mjs";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { run } from "platform:auto/run.ts";
import * as sst from "platform:components/index.ts";
import config from "program:sst.config.ts";
import * as aws from "@pulumi/aws";
import { runtime } from "@pulumi/pulumi";
import { callOutputs, resourceOutputs } from "./outputs.mjs";

const { stage, output } = JSON.parse(process.env.PROMPTOPS_EVALUATION);

// SST ends physical names with random letters.
createRequire(import.meta.url)("node:crypto").randomBytes = (size) => Buffer.alloc(size);

const app = await config.app({ stage });
Object.assign($app, app);
Object.assign(globalThis, { sst, aws });

const resources = [];
const options = new Map();
const keyOf = ({ type, name }) => `${type} ${name}`;

await runtime.setMocks(
  {
    newResource(asked) {
      resources.push(asked);
      return { id: `${asked.name}-id`, state: resourceOutputs(asked) };
    },
    call: callOutputs,
  },
  app.name,
  stage,
  false,
);

let outputs;
await runtime.runInPulumiStack(() =>
  run(async () => {
    // After SST's own, so that it sees what they decided.
    runtime.registerStackTransformation((asked) => {
      options.set(keyOf(asked), asked.opts);
      return undefined;
    });
    outputs = await config.run();
    return outputs;
  }),
);

/** Values as JSON has them. Outputs are waited for; an asset, and an archive, are the path of their file. */
async function plain(value) {
  const known = await (value?.promise?.() ?? value);
  if (known === null || typeof known !== "object") return known;
  if (known.__pulumiAsset) return { file: await known.path };
  if (known.__pulumiArchive) return { archive: await known.path };
  if (Array.isArray(known)) return Promise.all(known.map(plain));
  const entries = Object.entries(known).map(async ([name, inner]) => [name, await plain(inner)]);
  return Object.fromEntries(await Promise.all(entries));
}

// When the last output is known there is nothing left to do.
process.once("beforeExit", async () => {
  const asked = resources.map(({ type, name, inputs }) => {
    const { parent, retainOnDelete, protect, dependsOn } = options.get(keyOf({ type, name })) ?? {};
    const after = [dependsOn ?? []].flat().map(({ __name }) => __name);
    return { type, name, parent: parent?.__name, retainOnDelete, protect, after, inputs };
  });
  writeFileSync(output, JSON.stringify(await plain({ app, outputs, resources: asked })));
});
