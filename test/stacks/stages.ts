/** The stages that the program is evaluated for, one of each kind, with the settings that they need. */
export const STAGES = {
  personal: { stage: "ada", environment: {} },
  staging: {
    stage: "staging",
    environment: {
      AWS_REGION: "us-west-2",
      PROMPTOPS_BREAK_GLASS_ROLE: "arn:aws:iam::123456789012:role/break-glass",
      PROMPTOPS_ALARM_RECIPIENTS: "ops@example.com",
    },
  },
  production: {
    stage: "production",
    environment: {
      PROMPTOPS_AWS_ACCOUNT: "123456789012",
      PROMPTOPS_BREAK_GLASS_ROLE: "arn:aws:iam::123456789012:role/break-glass",
      PROMPTOPS_ALARM_RECIPIENTS: "ops@example.com, ada@example.com",
      PROMPTOPS_GITHUB_REPOSITORY: "acme/prompts",
    },
  },
} as const satisfies Record<string, { stage: string; environment: Record<string, string> }>;

export type StageKind = keyof typeof STAGES;

export const STAGE_KINDS = Object.keys(STAGES) as readonly StageKind[];

/** The prompt in the snapshot that the stages' layers have. */
export const SHIPPED = {
  id: "customer-support.intent-classifier",
  model: "claude-haiku-4-5",
  template: "Name the intent.\n- billing (money)\n- other\n",
  variables: {},
};
