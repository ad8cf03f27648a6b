export { EngineError } from "./engine-error.ts";
export type { EngineKind } from "./engine-kinds.ts";
export { availableEngines } from "./engine-kinds.ts";
export { FileLock } from "./file-lock.ts";
export type { SharedEngine } from "./share-engine.ts";
export { shareEngine } from "./share-engine.ts";
export type { Engine } from "./start-engine.ts";
export { startEngine } from "./start-engine.ts";
