import type { BlobStore } from "../blobs/blob-store.ts";

/** Blobs in this process's memory, for tests of code that publishes or reads large prompts. */
export class MemoryBlobs implements BlobStore {
  readonly #texts = new Map<string, string>();

  async put(hash: string, text: string): Promise<void> {
    if (!this.#texts.has(hash)) this.#texts.set(hash, text);
  }

  async get(hash: string): Promise<string | undefined> {
    return this.#texts.get(hash);
  }
}
