import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ServiceError, UserError } from "@promptops/core";

/** An object of S3, or what keys begin with. */
export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

/** What an error of the AWS SDK may hold. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** How long S3 may be silent, in milliseconds. */
const PATIENCE_MS = 30_000;

/** @throws UserError `malformed-place` when it is no `s3://bucket/key`. */
export function s3Place(url: string): S3Place {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*?)\/?$/.exec(url) ?? [];
  if (bucket === undefined || !key) {
    throw new UserError("malformed-place", `${url} is not s3://bucket/key`, { facts: { url } });
  }
  return { bucket, key };
}

export function isS3(place: string): boolean {
  return place.startsWith("s3://");
}

let shared: S3Client | undefined;

/** Region, credentials and endpoint are the AWS SDK's own settings. */
function client(): S3Client {
  shared ??= new S3Client({
    // Bucket names in host names do not work with endpoints on this machine, and do not matter elsewhere.
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL),
    requestHandler: { connectionTimeout: 2_000, socketTimeout: PATIENCE_MS, throwOnRequestTimeout: true },
  });
  return shared;
}

/** @throws UserError `no-input` when there is no such object; ServiceError `s3-failed`. */
export async function s3Head({
  bucket,
  key,
}: S3Place): Promise<{ readonly size: number; readonly tag: string }> {
  try {
    const head = await client().send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return { size: head.ContentLength ?? 0, tag: head.ETag ?? "" };
  } catch (error) {
    throw s3Error(error, { bucket, key });
  }
}

/**
 * The bytes of an object as they come; none are held.
 *
 * @param tag the object's, when the run began.
 * @throws UserError `no-input`, `changed-input` when it is another by now; ServiceError `s3-failed`, also within the stream.
 */
export async function* s3Bytes(place: S3Place, tag: string): AsyncGenerator<Uint8Array> {
  const { bucket, key } = place;
  try {
    const { Body, ETag } = await client().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (ETag !== tag) throw changed(place);
    if (Body !== undefined) yield* Body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw error instanceof UserError ? error : s3Error(error, place);
  }
}

/** Undefined when there is none. @throws ServiceError `s3-failed`. */
export async function s3Text(place: S3Place): Promise<string | undefined> {
  try {
    const { Body } = await client().send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key }));
    return await Body?.transformToString("utf-8");
  } catch (error) {
    if ((error as SdkError).name === "NoSuchKey") return undefined;
    throw s3Error(error, place);
  }
}

/** Puts an object in place whole, over one of the same key. @throws ServiceError `s3-failed`. */
export async function s3Put({ bucket, key }: S3Place, content: string | Uint8Array): Promise<void> {
  const Body = typeof content === "string" ? Buffer.from(content) : content;
  try {
    await client().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentLength: Body.length }));
  } catch (error) {
    throw s3Error(error, { bucket, key });
  }
}

function changed({ bucket, key }: S3Place): UserError {
  return new UserError("changed-input", `s3://${bucket}/${key} has changed since the run began`, {
    hint: "Begin another run, with another output.",
    facts: { bucket, key },
  });
}

function s3Error(error: unknown, { bucket, key }: S3Place): ServiceError | UserError {
  const { name = "Error", message = String(error), $metadata } = error as SdkError;
  const details = { facts: { bucket, key, awsError: name }, cause: error };
  // An answer to HEAD has no body that could say more.
  if ($metadata?.httpStatusCode === 404) {
    return new UserError("no-input", `there is no s3://${bucket}/${key}`, {
      hint: "Check the bucket, the key and the account.",
      ...details,
    });
  }
  return new ServiceError("s3-failed", `s3://${bucket}/${key}: ${name}: ${message}`, {
    hint: "Check the network and what this role may do; the same command goes on where it stopped.",
    ...details,
  });
}
