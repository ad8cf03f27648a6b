/// <reference path="../.sst/platform/config.d.ts" />
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { builtFolder, createFunction } from "./function.ts";
import type { createLedger } from "./ledger.ts";
import { nameOf, type Stage } from "./stage.ts";

/** The layer for functions of other repositories, and the functions of this one that answer requests. */
export function createRuntime(stage: Stage, ledger: ReturnType<typeof createLedger>) {
  // Built here, by the same command as anywhere, so that what is deployed is never older than its sources.
  const snapshot = stage.snapshot === undefined ? [] : ["--snapshot", stage.snapshot];
  execFileSync("npm", ["run", "build", "--silent", "--", "--output", builtFolder(), ...snapshot], {
    cwd: $cli.paths.root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const layer = new aws.lambda.LayerVersion("Layer", {
    layerName: nameOf(stage, "layer"),
    description: "@promptops/core, and what models cost",
    // Not $asset, which takes whatever is no folder for a file: the provider takes archives alone.
    code: new $util.asset.FileArchive(join(builtFolder(), "promptops-layer.zip")),
    // Functions of other repositories have versions of their own time.
    skipDestroy: stage.keepsLedger,
    compatibleRuntimes: ["nodejs24.x"],
    compatibleArchitectures: ["arm64", "x86_64"],
  });
  const intentClassifier = createFunction("IntentClassifier", stage, ledger, {
    about: "Classifies a customer's message with the prompt that is live",
    folder: "intent-classifier",
    timeout: "30 seconds",
    layer,
  });
  return { layer, intentClassifier };
}
