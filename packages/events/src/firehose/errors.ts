import { ServiceError } from "@promptops/core";

/** What an error of the AWS SDK may hold; every field is checked before use. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What passes: Firehose and AWS's front doors say so, or the connection broke. */
const PASSING =
  /Throttl|ServiceUnavailable|InternalFailure|LimitExceeded|RequestTimeout|TimeoutError|^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/;

/** Whether the same request may succeed a little later. */
export function isPassing(error: unknown): boolean {
  const { name = "", code = "", $metadata } = error as SdkError;
  return PASSING.test(name) || PASSING.test(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** Why a stream does not take events, in this software's own terms. */
export function toStreamError(error: unknown, stream: string): ServiceError {
  const { name = "Error", message = String(error), $metadata } = error as SdkError;
  const details = {
    facts: { stream, awsError: name, status: $metadata?.httpStatusCode },
    cause: error,
  };
  if (name === "ResourceNotFoundException") {
    return new ServiceError("no-stream", `there is no Firehose stream "${stream}"`, {
      hint: "Check PROMPTOPS_EVENTS_STREAM, the region and the account, or deploy the stage first.",
      ...details,
    });
  }
  if (
    /^(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|CredentialsProviderError)/.test(name)
  ) {
    return new ServiceError("access-denied", `AWS refused access to the stream "${stream}": ${message}`, {
      hint: "Check the credentials; the role needs firehose:PutRecordBatch on the stream.",
      ...details,
    });
  }
  return new ServiceError(
    "stream-failed",
    `the stream "${stream}" does not take events: ${name}: ${message}`,
    {
      hint: "What was spilled is sent when the stream takes events again, at the latest by the next process.",
      ...details,
    },
  );
}
