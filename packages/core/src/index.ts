/** What an application needs. The rest of the house is in `./domain`, `./ledger`, `./dynamo` and `./memory`. */
export type { PromptClient, PromptClientOptions, PromptRequest } from "./client/client.ts";
export { createPromptClient, loadPrompt } from "./client/client.ts";
export type { PromptEventType } from "./client/event-line.ts";
export { logPromptEvent } from "./client/event-line.ts";
export type { Prompt } from "./client/prompt.ts";
export type { Values } from "./domain/bind-variables.ts";
export type { Message } from "./domain/definition.ts";
export { isPromptOpsError, PromptOpsError, ServiceError, UserError } from "./domain/errors.ts";
export type { Rendered } from "./domain/render.ts";
