/** The questions that events answer, in a local lake or in Athena. */
export type { AthenaAddress } from "./athena-runner.ts";
export type { LakeAddress } from "./open-runner.ts";
export { openRunner } from "./open-runner.ts";
export type { EventsRunner, Question, Result, Row, Scope, Value } from "./runner.ts";
