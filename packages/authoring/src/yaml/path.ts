/** A way from the top of a file to one of its values: keys and list positions. */
export type Path = readonly (string | number)[];

/** A field's name in messages: `"variables.tone.type"`, `"messages[0].role"`. */
export function labelOf(path: Path): string {
  let label = "";
  for (const step of path) {
    if (typeof step === "number") label += `[${step}]`;
    else label += label === "" ? step : `.${step}`;
  }
  return `"${label}"`;
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at) && typeof step === "number") at = at[step];
    else if (isMapping(at) && typeof step === "string" && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** Whether a value read from YAML is a mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
