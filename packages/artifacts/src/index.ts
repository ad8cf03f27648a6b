/** Builds what is deployed, and runs it as Lambda would. */
export type { Artifact, ArtifactOptions } from "./build-artifacts.ts";
export { buildArtifacts } from "./build-artifacts.ts";
export { bundleFunction, functionNames } from "./bundle/functions.ts";
export type { FunctionError } from "./runtime/messages.ts";
export type { FunctionOptions, Invocation, RunningFunction } from "./runtime/start-function.ts";
export { startFunction } from "./runtime/start-function.ts";
export { unzip } from "./zip.ts";
