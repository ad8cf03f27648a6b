import { AwsError } from "./aws-error.ts";
import type { StageParts } from "./parts.ts";
import { element, escaped } from "./xml.ts";

/** What S3 answers to a GET of a bucket: by the permission that it takes, and as text. */
interface BucketAnswer {
  readonly action: string;
  readonly answer: (parts: StageParts) => string;
}

/** How many keys and folders there are in an answer at most. */
const PAGE = 1_000;
const NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** Finds what a request asks of a bucket, in path style; undefined if nothing that is known here. */
export function bucketAnswer(bucket: string, query: URLSearchParams): BucketAnswer | undefined {
  if (query.has("versioning")) {
    /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
    const answer = (parts: StageParts) => {
      const { versioning } = blobsOf(parts, bucket);
      const status = versioning === undefined ? "" : element("Status", versioning);
      return `<VersioningConfiguration ${NS}>${status}</VersioningConfiguration>`;
    };
    return { action: "s3:GetBucketVersioning", answer };
  }
  if (query.has("policy")) {
    /** The policy itself is the answer: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
    const answer = (parts: StageParts) => {
      const { policy } = blobsOf(parts, bucket);
      if (policy !== undefined) return policy;
      throw new AwsError(404, "NoSuchBucketPolicy", "The bucket policy does not exist");
    };
    return { action: "s3:GetBucketPolicy", answer };
  }
  if (query.get("list-type") === "2") {
    return { action: "s3:ListBucket", answer: (parts) => listing(lakeOf(parts, bucket), query) };
  }
  return undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function listing({ name, objects }: StageParts["lake"], query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter");
  const token = query.get("continuation-token");
  const after = token === null ? (query.get("start-after") ?? "") : Buffer.from(token, "base64").toString();
  const entries: string[] = [];
  let last = "";
  let truncated = false;
  let folder: string | undefined;
  for (const { key, at } of objects.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    if (!key.startsWith(prefix) || key <= after) continue;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    const rolled = end < 0 ? undefined : key.slice(0, end + 1);
    if (rolled !== undefined && rolled === folder) {
      last = key;
      continue;
    }
    if (entries.length === PAGE) {
      truncated = true;
      break;
    }
    folder = rolled;
    last = key;
    entries.push(
      rolled === undefined
        ? `<Contents>${element("Key", key)}${element("LastModified", at.toISOString())}<Size>1</Size></Contents>`
        : `<CommonPrefixes>${element("Prefix", rolled)}</CommonPrefixes>`,
    );
  }
  const next = truncated ? element("NextContinuationToken", Buffer.from(last).toString("base64")) : "";
  return [
    `<ListBucketResult ${NS}>${element("Name", name)}<Prefix>${escaped(prefix)}</Prefix>`,
    `<KeyCount>${entries.length}</KeyCount><MaxKeys>${PAGE}</MaxKeys><IsTruncated>${truncated}</IsTruncated>`,
    ...entries,
    `${next}</ListBucketResult>`,
  ].join("");
}

function blobsOf({ blobs }: StageParts, bucket: string): StageParts["blobs"] {
  if (blobs.name === bucket) return blobs;
  throw noBucket();
}

function lakeOf({ lake }: StageParts, bucket: string): StageParts["lake"] {
  if (lake.name === bucket) return lake;
  throw noBucket();
}

function noBucket(): AwsError {
  return new AwsError(404, "NoSuchBucket", "The specified bucket does not exist");
}
