/** A deployed stage: what it is made of, where it is found, whether it is well. */
export type { Search } from "./find-stage.ts";
export { findStage } from "./find-stage.ts";
export type { StageOutputs } from "./outputs.ts";
