import type { StageOutputs } from "../outputs.ts";
import type { Clients } from "./clients.ts";
import type { Finding } from "./finding.ts";

/** What a check works with. */
export interface Examination {
  readonly outputs: StageOutputs;
  readonly clients: Clients;
  /** Ends the requests of a check that takes too long. */
  readonly signal: AbortSignal;
}

/** Asks AWS about one thing, and judges the answers. Throws what AWS throws where it does not answer. */
export type Check = (examination: Examination) => Promise<readonly Finding[]>;
