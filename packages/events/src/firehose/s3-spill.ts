import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { SpillBucket, SpilledFile } from "./spilled-file.ts";

/** How long S3 may take to begin an answer, or be silent within one, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Spilled files as objects below a prefix. Region, credentials and endpoint are the AWS SDK's own settings. Two
 * processes that start at once may both send an object: it then is there twice, under the same event ids.
 */
export function s3Spill(bucket: string, prefix: string): SpillBucket {
  const client = new S3Client({
    // Bucket names in host names do not work with endpoints on this machine, and do not matter elsewhere.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL),
    requestHandler: { connectionTimeout: 2_000, socketTimeout: PATIENCE_MS, throwOnRequestTimeout: true },
  });
  const folder = `${prefix}/`;
  const linesIn = (key: string) => Number(/\.(\d+)\.jsonl$/.exec(key)?.[1]);

  const fileAt = (key: string): SpilledFile => ({
    name: key.slice(folder.length),
    lines: linesIn(key),
    inBucket: true,
    async read() {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Body && Buffer.from(await Body.transformToByteArray());
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw error;
      }
    },
    async remove() {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  });

  return {
    async put(name, content) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `${folder}${name}`,
          Body: content,
          ContentType: "application/x-ndjson",
        }),
      );
      return fileAt(`${folder}${name}`);
    },

    async files() {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: folder,
            ...(token !== undefined && { ContinuationToken: token }),
          }),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return keys.filter((key) => !Number.isNaN(linesIn(key))).map(fileAt);
    },
  };
}
