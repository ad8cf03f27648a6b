/** A deployed stage: what it is made of, where it is found, whether it is well. */
export { examineStage } from "./doctor/examine.ts";
export type { Finding } from "./doctor/finding.ts";
export type { Found, Search } from "./find-stage.ts";
export { findStage } from "./find-stage.ts";
export type { FoundStage, StageOutputs } from "./outputs.ts";
export { wholeStage } from "./outputs.ts";
