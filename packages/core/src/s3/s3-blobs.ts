import { setTimeout } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { isLoopback, LOCAL_IDENTITY } from "../aws/loopback.ts";
import { blobKey } from "../blobs/blob-key.ts";
import type { BlobStore } from "../blobs/blob-store.ts";
import { toBlobError } from "./errors.ts";

/** How often a text is put when S3 says that somebody else is just putting it. */
const PUT_ATTEMPTS = 5;
/** How long S3 may take to begin an answer, or be silent within one, in milliseconds. It usually takes below 200. */
const PATIENCE_MS = 5_000;

/**
 * Blobs as objects in a bucket, `<prefix>/blobs/sha256/<hash>`. Region, credentials and endpoint are the AWS SDK's own
 * settings. S3 itself refuses a text that does not have its hash, and one in place of another.
 */
export function s3Blobs(bucket: string, prefix?: string): BlobStore {
  const client = new S3Client({
    ...localSettings(),
    // Whether a text is what was put is checked by its hash; the SDK would do the same once more.
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: 500, socketTimeout: PATIENCE_MS, throwOnRequestTimeout: true },
  });
  const objectOf = (hash: string) => ({
    Bucket: bucket,
    Key: prefix === undefined ? blobKey(hash) : `${prefix}/${blobKey(hash)}`,
  });

  return {
    async put(hash, text) {
      const body = Buffer.from(text);
      const request = new PutObjectCommand({
        ...objectOf(hash),
        Body: body,
        ContentLength: body.length,
        ContentType: "application/json",
        ChecksumSHA256: Buffer.from(hash, "hex").toString("base64"),
        IfNoneMatch: "*",
      });
      for (let attempt = 1; ; attempt += 1) {
        try {
          await client.send(request);
          return;
        } catch (error) {
          const { name } = error as Error;
          if (name === "PreconditionFailed") return;
          if (name !== "ConditionalRequestConflict" || attempt === PUT_ATTEMPTS) {
            throw toBlobError(error, bucket);
          }
        }
        await setTimeout(50 + Math.random() * 100);
      }
    },

    async get(hash) {
      try {
        const request = new GetObjectCommand(objectOf(hash));
        const { Body } = await client.send(request, { requestTimeout: PATIENCE_MS });
        return await Body?.transformToString("utf-8");
      } catch (error) {
        if ((error as Error).name === "NoSuchKey") return undefined;
        throw toBlobError(error, bucket);
      }
    },
  };
}

/** On this machine a bucket is no host name, and credentials mean nothing. The SDK finds the endpoint by itself. */
function localSettings(): S3ClientConfig {
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL;
  return endpoint && isLoopback(endpoint) ? { ...LOCAL_IDENTITY, forcePathStyle: true } : {};
}
