import { isMap } from "./json-values.ts";
import { type DashboardMessage, fault } from "./message.ts";

/** The members that there are in a place, and what each may be. */
export type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

/** What of a value is not of a shape. Members that the shape does not know are faults too. */
export function shapeFaults(
  value: unknown,
  path: string,
  shape: Shape,
  required: readonly string[] = [],
): readonly DashboardMessage[] {
  if (!isMap(value)) return [fault(path, "is no object")];
  return [
    ...required.filter((name) => value[name] === undefined).map((name) => fault(path, `has no ${name}`)),
    ...Object.entries(value).flatMap(([name, member]) => {
      const fits = shape[name];
      if (fits === undefined) return [fault(`${path}/${name}`, "is unknown")];
      return fits(member) ? [] : [fault(`${path}/${name}`, `cannot be ${JSON.stringify(member)}`)];
    }),
  ];
}
