import type { KeySchemaElement, TableDescription } from "@aws-sdk/client-dynamodb";
import { INDEXES, TABLE_KEY } from "@promptops/core/ledger";
import type { StageOutputs } from "../outputs.ts";
import { describeTable } from "./describe-table.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeployLedger } from "./finding.ts";

const { fine, wrong } = findingsOf("table");

export async function checkTable(examination: Examination): Promise<readonly Finding[]> {
  return judgeTable(await describeTable(examination), examination.outputs);
}

/** Whether the table has the shape that core says it has, and is kept as its stage says. */
export function judgeTable(table: TableDescription | undefined, outputs: StageOutputs): readonly Finding[] {
  if (table === undefined || table.TableStatus === "DELETING") {
    return [
      wrong(
        table === undefined ? `there is no table ${outputs.table}` : `${outputs.table} is being deleted`,
        `Restore it as it was (see "Restoring"), then ${redeployLedger(outputs).replace(/^D/, "d")}`,
        { gone: true },
      ),
    ];
  }
  const faults = [
    ...shapeFaults(table, outputs),
    ...indexFaults(table, outputs),
    ...keepingFaults(table, outputs),
  ];
  const replicas = (table.Replicas ?? []).map(({ RegionName = "" }) => RegionName).filter(Boolean);
  const kept = table.DeletionProtectionEnabled ? ", protected from deletion" : "";
  const whole = fine(
    `${outputs.table} is active, with ${Object.keys(INDEXES).length} indexes, on demand${kept}`,
    { items: table.ItemCount ?? 0 },
  );
  return [
    ...(faults.length > 0 ? faults : [whole]),
    ...(replicas.length > 0
      ? [
          fine(
            `it has replicas in ${replicas.join(", ")}, which must not be written: ${outputs.region} alone writes`,
            {
              replicas,
            },
          ),
        ]
      : []),
  ];
}

function shapeFaults(table: TableDescription, outputs: StageOutputs): readonly Finding[] {
  const { TableStatus = "?", KeySchema = [], AttributeDefinitions = [] } = table;
  const faults: Finding[] = [];
  if (TableStatus !== "ACTIVE") {
    faults.push(
      wrong(
        `${outputs.table} is ${TableStatus}, not ACTIVE`,
        "Look again in some minutes; CloudTrail says who changes it.",
        { status: TableStatus },
      ),
    );
  }
  if (keyIn(KeySchema) !== keyOf(TABLE_KEY)) {
    faults.push(
      wrong(
        `the key of ${outputs.table} is ${keyIn(KeySchema)}, not ${keyOf(TABLE_KEY)}`,
        "A table cannot be given another key: this is no ledger. Is it the stage's table?",
      ),
    );
  }
  const names = [TABLE_KEY, ...Object.values(INDEXES)].flatMap(({ hash, range }) => [hash, range]);
  for (const { AttributeName = "?", AttributeType = "?" } of AttributeDefinitions) {
    if (!names.includes(AttributeName) || AttributeType === "S") continue;
    faults.push(
      wrong(`the attribute ${AttributeName} has the type ${AttributeType}, not S`, redeployLedger(outputs)),
    );
  }
  return faults;
}

function indexFaults(table: TableDescription, outputs: StageOutputs): readonly Finding[] {
  const there = new Map((table.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  return Object.entries(INDEXES).flatMap(([name, expected]) => {
    const index = there.get(name);
    const mend = redeployLedger(outputs);
    if (index === undefined) return [wrong(`the index ${name} is missing`, mend, { index: name })];
    const { KeySchema = [], Projection, IndexStatus = "?" } = index;
    const faults: Finding[] = [];
    if (keyIn(KeySchema) !== keyOf(expected)) {
      const says = `the key of the index ${name} is ${keyIn(KeySchema)}, not ${keyOf(expected)}`;
      faults.push(wrong(says, mend, { index: name }));
    }
    if (Projection?.ProjectionType !== "KEYS_ONLY") {
      const says = `the index ${name} holds ${Projection?.ProjectionType}, not KEYS_ONLY: it costs more, and is not needed`;
      faults.push(wrong(says, mend, { index: name }));
    }
    if (IndexStatus !== "ACTIVE") {
      const says = `the index ${name} is ${IndexStatus}, not ACTIVE`;
      faults.push(
        wrong(says, "Look again in some minutes: an index that is being made is not complete.", {
          index: name,
        }),
      );
    }
    return faults;
  });
}

function keepingFaults(table: TableDescription, outputs: StageOutputs): readonly Finding[] {
  const faults: Finding[] = [];
  // A table that was never anything but provisioned has no summary.
  const billing = table.BillingModeSummary?.BillingMode ?? "PROVISIONED";
  if (billing !== "PAY_PER_REQUEST") {
    faults.push(
      wrong(
        `the table is billed as ${billing}: reads are throttled above what is provisioned`,
        redeployLedger(outputs),
      ),
    );
  }
  if (outputs.keepsLedger && table.DeletionProtectionEnabled !== true) {
    faults.push(wrong("the table is not protected from deletion", redeployLedger(outputs)));
  }
  return faults;
}

function keyOf({ hash, range }: { readonly hash: string; readonly range: string }): string {
  return `${hash} and ${range}`;
}

function keyIn(schema: readonly KeySchemaElement[]): string {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return [named("HASH"), named("RANGE")].filter((name) => name !== undefined).join(" and ") || "none";
}
