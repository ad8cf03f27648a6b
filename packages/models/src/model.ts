import type { Model } from "@promptops/core/domain";
import { requireCredentials } from "./credentials.ts";
import type { ModelProvider } from "./provider.ts";
import { type Clock, systemClock } from "./retry.ts";

interface ModelOptions {
  /** How long one answer may take, its retries and waits included. Default 120,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

/**
 * A provider that calls `model` with the keys in the environment: `ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, or for
 * Bedrock `AWS_REGION` with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` (and `AWS_SESSION_TOKEN`) or with
 * `AWS_BEARER_TOKEN_BEDROCK`. Throttling, failures of the service and of the network are tried again; what the
 * provider asks to wait for holds back every call made through this object.
 *
 * @throws UserError `missing-credentials`. The provider's `ask` throws UserError `provider-refused` (key or model, for
 *   all calls alike), `provider-rejected` (this call) or `unknown-parameter`; ServiceError `provider-failed` or
 *   `provider-timeout`.
 */
export async function modelProvider(model: Model, options: ModelOptions = {}): Promise<ModelProvider> {
  requireCredentials(model);
  const { openLiveModel } = await import("./live-model.ts");
  return openLiveModel(model, options.timeoutMs ?? 120_000, options.clock ?? systemClock);
}
