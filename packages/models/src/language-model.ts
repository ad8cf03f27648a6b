import type { Model } from "@promptops/core/domain";
import type { LanguageModel } from "ai";
import { awsRegion } from "./credentials.ts";

/**
 * The SDK's model for `model`. Only the package of its provider is loaded. Addresses come from `ANTHROPIC_BASE_URL`,
 * `OPENAI_BASE_URL` (with its `/v1`) and `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` where they are set.
 */
export async function openLanguageModel({ provider, id }: Model): Promise<LanguageModel> {
  switch (provider) {
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      const baseURL = anthropicBaseUrl();
      return createAnthropic(baseURL === undefined ? {} : { baseURL })(id);
    }
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI()(id);
    }
    case "bedrock": {
      const { createAmazonBedrock } = await import("@ai-sdk/amazon-bedrock");
      const region = awsRegion();
      return createAmazonBedrock(region === undefined ? {} : { region })(id);
    }
  }
}

/** Anthropic's own programs write `ANTHROPIC_BASE_URL` without `/v1`, the SDK wants it with: both are taken. */
function anthropicBaseUrl(): string | undefined {
  const url = process.env.ANTHROPIC_BASE_URL?.replace(/\/+$/, "");
  if (!url) return undefined;
  return url.endsWith("/v1") ? url : `${url}/v1`;
}
