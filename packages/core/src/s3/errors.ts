import { failureOf, type SdkError } from "../aws/sdk-error.ts";
import { ServiceError } from "../domain/errors.ts";

/** An SDK error in this software's own terms. */
export function toBlobError(error: unknown, bucket: string): ServiceError {
  const sdk = error as SdkError;
  const { name = "Error", message = String(error) } = sdk;
  const details = {
    facts: { bucket, awsError: name, status: sdk.$metadata?.httpStatusCode },
    cause: error,
  };
  if (name === "NoSuchBucket") {
    return new ServiceError("no-bucket", `there is no bucket "${bucket}"`, {
      hint: "Check PROMPTOPS_BLOBS and the account, or deploy the stage first.",
      ...details,
    });
  }
  switch (failureOf(sdk)) {
    case "access-denied":
      return new ServiceError("access-denied", `AWS refused access to the bucket "${bucket}": ${message}`, {
        hint: "Check the credentials and the policies of this role. Without s3:ListBucket, S3 says this of what is missing too.",
        ...details,
      });
    case "throttled":
      return new ServiceError("throttled", `S3 throttled requests to "${bucket}"`, {
        hint: "Nothing is lost. Run it again in a while.",
        ...details,
      });
    case "unreachable":
      return new ServiceError("unreachable", `the bucket "${bucket}" cannot be reached: ${message}`, {
        hint: "Check the endpoint and the network, then run it again.",
        ...details,
      });
    case undefined:
      return new ServiceError("blobs-failed", `the bucket "${bucket}" answered ${name}: ${message}`, details);
  }
}
