/** Runs jobs by the batch inference of Amazon Bedrock. */
export type { InferenceSettings } from "./run-inference.ts";
export { runInference } from "./run-inference.ts";
