/** Every way to write an item but `PartiQLInsert`, which cannot overwrite. Transactions are made of these. */
export const OVERWRITES = [
  "dynamodb:BatchWriteItem",
  "dynamodb:DeleteItem",
  "dynamodb:PartiQLDelete",
  "dynamodb:PartiQLUpdate",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
];

/**
 * What would undo the rest: a time to live deletes items, an update of the table ends its stream and its protection, or adds a
 * replica that takes writes which meet nobody, and who may replace this policy may do all of it. Each is an action that
 * policies of tables may have:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html
 */
export const UNDOINGS = [
  "dynamodb:DeleteResourcePolicy",
  "dynamodb:DeleteTable",
  "dynamodb:PutResourcePolicy",
  "dynamodb:UpdateContinuousBackups",
  "dynamodb:UpdateTable",
  "dynamodb:UpdateTimeToLive",
];

/** How well a stage's ledger is kept. */
interface Keeping {
  /** The ARN of the one role that the policy does not bind. */
  readonly breakGlassRole?: string;
  readonly keepsLedger: boolean;
}

/**
 * The ledger's own policy, which binds whoever calls, the account's root user too: nobody overwrites or deletes an item,
 * and where the ledger is kept, nobody changes the table or this policy. The break-glass role may.
 */
export function ledgerPolicy(table: string, { breakGlassRole, keepsLedger }: Keeping): string {
  const deny = (Sid: string, Action: readonly string[]) => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource: table,
    ...(breakGlassRole !== undefined && {
      Condition: { ArnNotEquals: { "aws:PrincipalArn": breakGlassRole } },
    }),
  });
  const Statement = [deny("AppendOnly", OVERWRITES), ...(keepsLedger ? [deny("StaysAsItIs", UNDOINGS)] : [])];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
