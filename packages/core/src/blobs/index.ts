/** Large texts, kept outside of the ledger's items. */
export type { BlobStore } from "./blob-store.ts";
export { readerWithBlobs, withBlobs } from "./with-blobs.ts";
