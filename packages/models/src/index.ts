/** Calls language models: providers of the AI SDK, retries, prices, failures in words. */
export { REFUSED } from "./error-codes.ts";
export { modelProvider } from "./model.ts";
export type { Answer, ModelCall, ModelProvider } from "./provider.ts";
