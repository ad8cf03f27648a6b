/** Runs jobs on Step Functions: a Distributed Map of workers. */
export { fetchResults } from "./results.ts";
export type { DistributedRun, StartSettings } from "./start.ts";
export { startRun } from "./start.ts";
export { stateMachine } from "./state-machine.ts";
export type { RunStatus } from "./status.ts";
export { runStatus } from "./status.ts";
