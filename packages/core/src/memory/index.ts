/** The ledger in memory, for tests of code that uses the client or the registry. */
export { MemoryBlobs } from "./memory-blobs.ts";
export { MemoryLedger } from "./memory-ledger.ts";
