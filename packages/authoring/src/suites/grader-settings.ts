import type { GraderName, GraderSetting } from "./suite-schema.ts";

interface Settings {
  readonly required: readonly GraderSetting[];
  readonly optional: readonly GraderSetting[];
  /** How a grader with what it requires is written. */
  readonly example?: string;
}

const LETTER_CASE: Settings = { required: [], optional: ["case_sensitive"] };

/** The settings that each grader takes. */
export const GRADER_SETTINGS: Readonly<Record<GraderName, Settings>> = {
  exact: LETTER_CASE,
  one_of: LETTER_CASE,
  contains: LETTER_CASE,
  regex: { required: [], optional: ["pattern", "flags"] },
  json_schema: { required: [], optional: ["schema"] },
  numeric: { required: [], optional: ["absolute", "relative"] },
  edit_distance: {
    required: ["at_least"],
    optional: [],
    example: "grader: {type: edit_distance, at_least: 0.8}",
  },
  judge: {
    required: ["prompt", "at_least"],
    optional: [],
    example: 'grader: {type: judge, prompt: "shared.judge#2", at_least: 0.7}',
  },
};
