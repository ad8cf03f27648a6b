/** The name of a blob, below a folder or in a bucket. Says how the hash was made, should there ever be another way. */
export function blobKey(hash: string): string {
  return `blobs/sha256/${hash}`;
}
