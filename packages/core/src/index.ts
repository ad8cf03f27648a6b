/** What an application needs. The rest of the house is in `./domain`, `./ledger`, `./dynamo` and `./memory`. */
export type { PromptClientOptions } from "./client/client.ts";
export { createPromptClient, loadPrompt } from "./client/client.ts";
export type { Contract } from "./client/contract.ts";
export type { EventFields, PromptEventType } from "./client/event-line.ts";
export { logPromptEvent } from "./client/event-line.ts";
export { findModel } from "./client/models.ts";
export type { ObservedEvent } from "./client/observe.ts";
export { observe } from "./client/observe.ts";
export type { Prompt } from "./client/prompt.ts";
export type { PromptClient, PromptRequest } from "./client/prompt-client.ts";
export type { Values } from "./domain/bind-variables.ts";
export type { Message } from "./domain/definition.ts";
export { isPromptOpsError, PromptOpsError, ServiceError, UserError } from "./domain/errors.ts";
export { costOf } from "./domain/price.ts";
export type { Rendered } from "./domain/render.ts";
export type { Model } from "./domain/suite.ts";
