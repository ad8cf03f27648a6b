/** What an application needs. The rest of the house is in `./domain`, `./events`, `./ledger`, `./blobs`, `./dynamo` and `./memory`. */
export type { PromptClientOptions } from "./client/client.ts";
export { createPromptClient, loadPrompt } from "./client/client.ts";
export type { Contract } from "./client/contract.ts";
export type { PromptClient, PromptRequest } from "./client/prompt-client.ts";
export type { Values } from "./domain/bind-variables.ts";
export type { Message } from "./domain/definition.ts";
export { isPromptOpsError, PromptOpsError, ServiceError, UserError } from "./domain/errors.ts";
export { costOf } from "./domain/price.ts";
export type { Prompt } from "./domain/prompt.ts";
export type { Rendered } from "./domain/render.ts";
export type { Model } from "./domain/suite.ts";
export type { EventFields, PromptEventType } from "./events/event-line.ts";
export type { EventSink } from "./events/log.ts";
export { logPromptEvent, sendEventsTo } from "./events/log.ts";
export { findModel } from "./events/models.ts";
export type { ObservedCall, ObservedEvent } from "./events/observe.ts";
export { observe } from "./events/observe.ts";
