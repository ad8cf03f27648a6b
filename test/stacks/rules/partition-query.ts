const ENTRY = /\s*(\w+)\s*:\s*((?:\.\w+)+)(?:\[(\d+):(\d+)\])?\s*(,|$)/y;

/** A key of a partition, and where in a record it is: a path of members, and which characters of the text there. */
interface PartitionKey {
  readonly name: string;
  readonly path: readonly string[];
  readonly slice?: readonly [start: number, end: number];
}

/**
 * The keys that a query for partitions makes, in order. Of jq it knows what queries here are made of, an object of paths and
 * slices, `{dt:.timestamp[0:10]}`; jq 1.6 itself, which Firehose has, gives the same for them.
 *
 * @throws an error for any other jq.
 */
export function partitionKeys(query: string): readonly PartitionKey[] {
  const inner = /^\s*\{(.+)\}\s*$/.exec(query)?.[1];
  if (inner === undefined) throw new Error(`not an object: ${query}`);
  const keys: PartitionKey[] = [];
  ENTRY.lastIndex = 0;
  for (let more = ","; more === ","; ) {
    const [, name = "", path = "", start, end, next] = ENTRY.exec(inner) ?? [];
    if (next === undefined) throw new Error(`not a path: ${query}`);
    keys.push({
      name,
      path: path.split(".").slice(1),
      ...(start !== undefined && { slice: [Number(start), Number(end)] as const }),
    });
    more = next;
  }
  return keys;
}

/**
 * What a query for partitions makes of a record; null where the record has no such member.
 *
 * @throws an error where the query cannot be applied to the record, as jq does.
 */
export function partitionOf(query: string, record: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    partitionKeys(query).map(({ name, path, slice }) => {
      const value = path.reduce<unknown>(memberOf, record);
      if (slice === undefined || value === null) return [name, value];
      if (typeof value !== "string") throw new Error(`.${path.join(".")} cannot be sliced`);
      return [name, value.slice(...slice)];
    }),
  );
}

function memberOf(value: unknown, name: string): unknown {
  if (value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) throw new Error(`nothing has a member .${name}`);
  return (value as Readonly<Record<string, unknown>>)[name] ?? null;
}
