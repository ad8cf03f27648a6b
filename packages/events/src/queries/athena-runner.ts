import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { PromptOpsError, ServiceError, UserError } from "@promptops/core/domain";
import { eventsSql, questionSql, scopeSql, withEvents } from "./compose.ts";
import { ATHENA } from "./dialects.ts";
import { oneSelect } from "./one-select.ts";
import type { EventsRunner, Result, Value } from "./runner.ts";

/** Where the lake's table is, in Glue, and who pays for reading it. */
export interface AthenaAddress {
  readonly database: string;
  /** Default `events`. */
  readonly table?: string;
  /** It says where results go. Default `primary`. */
  readonly workgroup?: string;
}

const POLL_MS = { first: 200, most: 2_000 };

/**
 * Answers from a table in Athena. Each question is paid for by what it reads: the days of its scope.
 *
 * @param client by default one with the settings of the environment.
 */
export function athenaRunner(address: AthenaAddress, client = new AthenaClient()): EventsRunner {
  const { database, table = "events", workgroup = "primary" } = address;
  const run = async (sql: string): Promise<Result> => {
    try {
      const { QueryExecutionId: id = "" } = await client.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          ClientRequestToken: randomUUID(),
          QueryExecutionContext: { Database: database },
          WorkGroup: workgroup,
        }),
      );
      await finish(client, id);
      return await readAll(client, id);
    } catch (error) {
      throw error instanceof PromptOpsError ? error : failure(error);
    }
  };
  const quoted = `"${table.replaceAll('"', '""')}"`;
  return {
    ask: (question, scope, values) =>
      run(withEvents(eventsSql(quoted, scopeSql(scope)), questionSql(question, ATHENA, values))),
    query: async (select, scope) => run(withEvents(eventsSql(quoted, scopeSql(scope)), oneSelect(select))),
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

async function finish(client: AthenaClient, id: string): Promise<void> {
  let ended = false;
  try {
    for (let wait = POLL_MS.first; ; wait = Math.min(POLL_MS.most, wait * 1.5)) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      const {
        State: state,
        StateChangeReason: reason = "no reason given",
        AthenaError,
      } = QueryExecution?.Status ?? {};
      ended = state !== "QUEUED" && state !== "RUNNING";
      if (state === "SUCCEEDED") return;
      if (ended) {
        // 2 is the category of the user's errors; 1 and 3 are Athena's and others'.
        const details = { facts: { id, state } };
        throw AthenaError?.ErrorCategory === 2
          ? new UserError("query-failed", reason, details)
          : new ServiceError("athena-failed", `Athena did not answer: ${reason}`, details);
      }
      await setTimeout(wait);
    }
  } finally {
    // Nobody waits for it any more, and it costs.
    if (!ended) {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
    }
  }
}

async function readAll(client: AthenaClient, id: string): Promise<Result> {
  const rows: (readonly (string | undefined)[])[] = [];
  let columns: readonly ColumnInfo[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetQueryResultsCommand({
        QueryExecutionId: id,
        ...(token === undefined ? {} : { NextToken: token }),
      }),
    );
    columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? columns;
    for (const { Data = [] } of page.ResultSet?.Rows ?? [])
      rows.push(Data.map(({ VarCharValue }) => VarCharValue));
    token = page.NextToken;
  } while (token !== undefined);
  const names = columns.map(({ Name = "" }) => Name);
  // The first row of the first page repeats the names.
  return {
    columns: names,
    rows: rows
      .slice(1)
      .map((row) =>
        Object.fromEntries(columns.map((column, at) => [column.Name, typedValue(column, row[at])])),
      ),
  };
}

const NUMBERS = new Set(["tinyint", "smallint", "integer", "bigint", "real", "float", "double", "decimal"]);

function typedValue({ Type: type = "" }: ColumnInfo, text: string | undefined): Value {
  if (text === undefined) return null;
  if (type === "boolean") return text === "true";
  if (type === "timestamp") return new Date(`${text.replace(" ", "T")}Z`).toISOString();
  if (!NUMBERS.has(type)) return text;
  const number = Number(text);
  return type === "bigint" && !Number.isSafeInteger(number) ? text : number;
}

function failure(error: unknown): PromptOpsError {
  const { name, message } = error as Error;
  const hint =
    "Check PROMPTOPS_ATHENA_DATABASE, PROMPTOPS_ATHENA_TABLE, PROMPTOPS_ATHENA_WORKGROUP and this role's policy.";
  if (name === "InvalidRequestException")
    return new UserError("query-failed", message, { hint, cause: error });
  return new ServiceError("athena-failed", `Athena cannot be asked: ${message}`, { hint, cause: error });
}
