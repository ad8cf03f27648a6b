/**
 * Where texts are kept that are too large for an item, each under its own hash: SHA-256 of its UTF-8, 64 lower-case hex
 * digits. Nothing is ever changed in it, and nothing asked of it but these two.
 */
export interface BlobStore {
  /**
   * Keeps a text under its hash. Where there is one already, nothing is done.
   *
   * @throws ServiceError `unreachable`, `throttled`, `access-denied`.
   */
  put(hash: string, text: string): Promise<void>;

  /**
   * What is kept under a hash, or undefined. Whether it has that hash is for the caller to check.
   *
   * @throws ServiceError `unreachable`, `throttled`, `access-denied`.
   */
  get(hash: string): Promise<string | undefined>;
}
