import { Unanswered } from "./ask.ts";
import { saysClock } from "./clock.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** What an error of the AWS SDK may hold. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const DENIED = /^(AccessDenied|AuthorizationError|Forbidden)/;
const NOBODY =
  /^(CredentialsProviderError|ExpiredToken|InvalidAccessKeyId|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|UnrecognizedClient|TokenProviderError)/;
const THROTTLED = /Throttl|RequestLimitExceeded|TooManyRequests|^SlowDown$/;
const UNREACHABLE = /^(ECONN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EPIPE|ETIMEDOUT|EAI_AGAIN)/;

/** The finding of a check that was not answered. */
export function judgeUnanswered(check: string, thrown: unknown): Finding {
  const { unknown } = findingsOf(check);
  const action = thrown instanceof Unanswered ? thrown.action : undefined;
  const error = (thrown instanceof Unanswered ? thrown.cause : thrown) as SdkError;
  const { name = "Error", code = "", message = "", $metadata } = error;
  const facts = { error: name, ...(action !== undefined && { action }) };
  const asked = action ?? "AWS";
  if (saysClock(name, message)) {
    return unknown(
      `AWS refuses ${asked}, by this machine's clock: ${message}`,
      "Set the clock, then look again.",
      facts,
    );
  }
  if (NOBODY.test(name)) {
    return unknown(
      `AWS does not take the caller's credentials: ${message || name}`,
      "Log in again, or set AWS_PROFILE: aws sts get-caller-identity says whether AWS knows the caller.",
      facts,
    );
  }
  if (DENIED.test(name)) {
    return unknown(
      `the caller may not look: ${asked} is denied`,
      `Let the caller do ${asked}, and look again.`,
      facts,
    );
  }
  if (THROTTLED.test(name) || ($metadata?.httpStatusCode ?? 0) >= 500) {
    return unknown(
      `${asked} is not answered now: ${name}: ${message}`,
      "Look again in a minute; then at AWS's own health page.",
      facts,
    );
  }
  // What the SDK makes of an answer that is none of AWS's.
  if (/^Unknown(Error)?$/.test(name) || message.includes("Deserialization error")) {
    return unknown(`something other than AWS answers ${asked}`, NO_WAY, { ...facts, message });
  }
  if (name === "AbortError" || name === "TimeoutError") {
    return unknown(`${asked} got no answer in time`, NO_WAY, facts);
  }
  if (UNREACHABLE.test(code) || /socket hang up/.test(message)) {
    return unknown(`${asked} reaches nobody: ${message || code}`, NO_WAY, facts);
  }
  return unknown(`${asked} answers ${name}: ${message}`, "Ask the same with the AWS CLI.", facts);
}

const NO_WAY =
  "Is there a way from here to this service: a network, a proxy, a VPC endpoint? Then look at AWS's own health page.";
