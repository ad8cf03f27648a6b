/** What an error of the AWS SDK may hold; every field is checked before use. */
export interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const DENIED =
  /^(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|MissingAuthenticationToken|CredentialsProviderError)/;
const THROTTLED = /Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|^SlowDown$/;
const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);

/** What any AWS service may answer, or fail to; undefined for what is that service's own. */
export function failureOf(error: SdkError): "access-denied" | "throttled" | "unreachable" | undefined {
  const { name = "", code = "" } = error;
  if (DENIED.test(name)) return "access-denied";
  if (THROTTLED.test(name)) return "throttled";
  const failing = (error.$metadata?.httpStatusCode ?? 0) >= 500;
  return UNREACHABLE.has(code) || name === "TimeoutError" || failing ? "unreachable" : undefined;
}
