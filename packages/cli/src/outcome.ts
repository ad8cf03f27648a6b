/** What a command has to say: data for `--json`, words for people. */
export interface Outcome {
  /** Undefined where all was printed already. */
  readonly json: unknown;
  readonly text: string;
  /** Default 0. */
  readonly exitCode?: number;
}
