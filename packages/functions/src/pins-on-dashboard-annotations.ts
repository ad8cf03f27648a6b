import { type JsonObject, knownEvent, type LedgerEvent } from "@promptops/core/domain";

/** How many lines a graph gets at most: more could not be told from each other. */
export const MAX_ANNOTATIONS = 50;

/** The most characters of what an event names, so that a label is one line. */
const MAX_PART = 48;

/** A vertical line of a graph, as a dashboard's body has it. */
export type Annotation = {
  readonly label: string;
  /** ISO 8601 in UTC. */
  readonly value: string;
};

interface Widget extends JsonObject {
  readonly type: string;
  readonly properties: JsonObject;
}

/** The line of an event that changed by hand what callers get, undefined for any other. */
export function annotationOf(event: LedgerEvent): Annotation | undefined {
  const what = happening(event);
  if (what === undefined) return undefined;
  const label = `${what} by ${cut(nameOf(event.actor))}`;
  // Without milliseconds, as CloudWatch's own examples are.
  return { label, value: `${event.at.slice(0, "2026-01-01T00:00:00".length)}Z` };
}

/**
 * A dashboard's body whose time series have these vertical lines and no others: the newest {@link MAX_ANNOTATIONS}, in the order of
 * time. Whatever else is in the body stays as it is.
 *
 * @param body the JSON of a dashboard.
 */
export function withAnnotations(body: JsonObject, annotations: readonly Annotation[]): JsonObject {
  const vertical = annotations.toSorted(byTime).slice(-MAX_ANNOTATIONS);
  const widgets = body.widgets as readonly Widget[];
  return {
    ...body,
    widgets: widgets.map((widget) => (isTimeSeries(widget) ? draw(widget, vertical) : widget)),
  };
}

function happening(event: LedgerEvent): string | undefined {
  const known = knownEvent(event);
  const id = cut(event.id);
  switch (known?.type) {
    case "PromptPinned": {
      const { channel, versions, rollback } = known.data;
      return `${cut(channel)}: ${id}${cut(shares(versions))} ${rollback ? "rolled back to" : "pinned"}`;
    }
    case "PromptUnpinned":
      return `${cut(known.data.channel)}: ${id} unpinned`;
    case "PromptRetired":
      return `${id} retired`;
    case "PromptRestored":
      return `${id} restored`;
    default:
      return undefined;
  }
}

/** `#4`, or of a split `#4 90 %, #5 10 %`. */
function shares(versions: readonly { readonly version: number; readonly weight: number }[]): string {
  const total = versions.reduce((sum, { weight }) => sum + weight, 0);
  if (versions.length === 1) return `#${versions[0]?.version}`;
  return versions
    .map(({ version, weight }) => `#${version} ${Math.round((1000 * weight) / total) / 10} %`)
    .join(", ");
}

/** Of the ARN of an AWS identity the last part: the session, which names the person. */
function nameOf(actor: string): string {
  return actor.startsWith("arn:") ? actor.slice(actor.lastIndexOf("/") + 1) : actor;
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_PART ? text : `${characters.slice(0, MAX_PART - 1).join("")}…`;
}

function byTime(a: Annotation, b: Annotation): number {
  const [left, right] = [a, b].map(({ value, label }) => `${value} ${label}`) as [string, string];
  return left < right ? -1 : Number(left > right);
}

/** What has no view is a time series too. */
function isTimeSeries({ type, properties }: Widget): boolean {
  return type === "metric" && (properties.view ?? "timeSeries") === "timeSeries" && "metrics" in properties;
}

function draw(widget: Widget, vertical: readonly Annotation[]): Widget {
  const { annotations = {}, ...properties } = widget.properties;
  const { vertical: _, ...others } = annotations as JsonObject;
  const all = vertical.length === 0 ? others : { ...others, vertical };
  const none = Object.keys(all).length === 0;
  return { ...widget, properties: none ? properties : { ...properties, annotations: all } };
}
