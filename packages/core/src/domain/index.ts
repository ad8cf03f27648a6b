/** The domain: pure, without I/O. For the packages of this repository and for tools that read the ledger themselves. */
export type { Values } from "./bind-variables.ts";
export type {
  AuthoredDates,
  Candidate,
  EventContent,
  Message,
  PromptDefinition,
  Redaction,
  Source,
  Variable,
  VariableType,
  VariableValue,
} from "./definition.ts";
export { isPromptOpsError, PromptOpsError, ServiceError, UserError } from "./errors.ts";
export { canonicalJson, contentHash, sha256 } from "./hash.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export { promptNotFound, versionNotFound } from "./not-found.ts";
export { parentsFirst } from "./parents-first.ts";
export { costOf } from "./price.ts";
export type { Ref } from "./ref.ts";
export {
  formatRef,
  ID_FORM,
  ID_PATTERN,
  isPromptId,
  isRef,
  isVersion,
  MAX_ID_LENGTH,
  parsePartialRef,
  parseRef,
  REF_PATTERN,
} from "./ref.ts";
export type { Rendered, Renderer } from "./render.ts";
export { compile, render } from "./render.ts";
export { DEFAULT_CHANNEL, served, targets } from "./resolve.ts";
export type { Snapshot, SnapshotPrompt } from "./snapshot.ts";
export { formatSnapshot, parseSnapshot } from "./snapshot.ts";
export type {
  Act,
  Draft,
  Evaluation,
  EventData,
  EventType,
  LedgerEvent,
  Pin,
  State,
  VersionMark,
} from "./stream.ts";
export { eventHash, evolve, initial, knownEvent, placeAfter, seal } from "./stream.ts";
export type { EvalCase, GraderSpec, Keywords, Model, Suite } from "./suite.ts";
export type {
  IncludePart,
  ParsedTemplate,
  TemplatePart,
  TemplateProblem,
  VariablePart,
} from "./template.ts";
export { parseTemplate, VARIABLE_NAME_PATTERN, variablesOf } from "./template.ts";
export type { VersionRecord } from "./version.ts";
export { openRecord, recordHash, recordOf } from "./version.ts";
