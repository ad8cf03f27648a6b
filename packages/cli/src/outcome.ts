/** What a command has to say: data for `--json`, words for people. */
export interface Outcome {
  readonly json: unknown;
  readonly text: string;
  /** Default 0. */
  readonly exitCode?: number;
}
