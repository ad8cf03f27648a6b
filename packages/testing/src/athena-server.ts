import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { LocalServer } from "./local-server.ts";

/** What a query comes to. A value is text, as Athena sends it, or null. */
export type AthenaAnswer =
  | {
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly rows: readonly (readonly (string | null)[])[];
    }
  | { readonly failed: string; readonly category: 1 | 2 | 3 };

/** A query as it was started. */
export interface AthenaQuery {
  readonly QueryString: string;
  readonly WorkGroup?: string;
  readonly QueryExecutionContext?: { readonly Database?: string };
}

interface Execution {
  readonly answer: AthenaAnswer;
  polls: number;
}

class AthenaError extends Error {}

/**
 * A small Athena over HTTP, in JSON 1.1: a query is queued, then runs, then has an answer in pages, the first of which
 * begins with the names of the columns. Signatures are not checked.
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
 */
export class AthenaServer extends LocalServer {
  readonly #answer: (query: AthenaQuery) => AthenaAnswer;
  readonly #pageRows: number;
  readonly #executions = new Map<string, Execution>();
  readonly queries: AthenaQuery[] = [];
  /** The ids of the queries that were stopped. */
  readonly stopped: string[] = [];

  constructor(answer: (query: AthenaQuery) => AthenaAnswer, pageRows = 1_000) {
    super();
    this.#answer = answer;
    this.#pageRows = pageRows;
  }

  protected override fail(response: ServerResponse, error: unknown): void {
    const known = error instanceof AthenaError;
    send(response, known ? 400 : 500, {
      __type: known ? "InvalidRequestException" : "InternalServerException",
      Message: String((error as Error).message),
    });
  }

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers["x-amz-target"]).replace("AmazonAthena.", "");
    const body = (await json(request)) as Record<string, unknown>;
    if (operation === "StartQueryExecution") return send(response, 200, this.#start(body as never));
    const id = String(body.QueryExecutionId);
    const execution = this.#executions.get(id);
    if (execution === undefined) throw new AthenaError(`QueryExecution ${id} was not found`);
    if (operation === "GetQueryExecution") return send(response, 200, statusOf(id, execution));
    if (operation === "GetQueryResults") return send(response, 200, this.#page(execution, body.NextToken));
    if (operation !== "StopQueryExecution") throw new AthenaError(`${operation} is not known here`);
    this.stopped.push(id);
    send(response, 200, {});
  }

  #start(query: AthenaQuery): object {
    if (!query.QueryString) throw new AthenaError("QueryString is missing");
    const id = randomUUID();
    this.queries.push(query);
    this.#executions.set(id, { answer: this.#answer(query), polls: 0 });
    return { QueryExecutionId: id };
  }

  #page({ answer, polls }: Execution, token: unknown): object {
    if ("failed" in answer || polls < 3) throw new AthenaError("Query has not yet finished");
    const { columns, rows } = answer;
    const all = [columns.map(({ name }) => name), ...rows];
    const start = token === undefined ? 0 : Number(token);
    const end = start + this.#pageRows;
    return {
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: columns.map(({ name, type }) => ({ Name: name, Type: type })) },
        Rows: all
          .slice(start, end)
          .map((row) => ({ Data: row.map((value) => (value === null ? {} : { VarCharValue: value })) })),
      },
      ...(end < all.length && { NextToken: String(end) }),
    };
  }
}

function statusOf(id: string, execution: Execution): object {
  execution.polls += 1;
  const { answer, polls } = execution;
  const State =
    polls === 1 ? "QUEUED" : polls === 2 ? "RUNNING" : "failed" in answer ? "FAILED" : "SUCCEEDED";
  const failure =
    State === "FAILED" && "failed" in answer
      ? { StateChangeReason: answer.failed, AthenaError: { ErrorCategory: answer.category } }
      : {};
  return { QueryExecution: { QueryExecutionId: id, Status: { State, ...failure } } };
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() })
    .end(JSON.stringify(body));
}
