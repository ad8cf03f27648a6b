import { s3Place, s3Put, s3Text } from "./s3.ts";

/** A worker's outcome, if it has put one there. Loaded by workers that put outcomes on S3. */
export function readOutcome(address: string): Promise<string | undefined> {
  return s3Text(s3Place(address));
}

export function writeOutcome(address: string, text: string): Promise<void> {
  return s3Put(s3Place(address), text);
}
