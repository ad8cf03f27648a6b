import { type JsonObject, seal } from "@promptops/core/domain";
import { drafts, intent, pinTo } from "@promptops/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotationOf, MAX_ANNOTATIONS, withAnnotations } from "./pins-on-dashboard-annotations.ts";

interface Drawn {
  readonly widgets: readonly {
    readonly properties: { readonly annotations?: { readonly vertical?: readonly { value: string }[] } };
  }[];
}

const time = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2026-02-01"), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const annotations = fc.array(fc.record({ label: fc.string(), value: time }), { maxLength: 80 });
const json = fc.jsonValue({ maxDepth: 2 });
const properties = fc.record(
  {
    metrics: fc.constant([["PromptOps", "Failed"]]),
    view: fc.constantFrom("timeSeries", "singleValue", "gauge"),
    title: fc.string(),
    annotations: fc.record({ horizontal: fc.array(json, { minLength: 1 }), vertical: json }),
  },
  { requiredKeys: [] },
);
const widget = fc.record(
  { type: fc.constantFrom("metric", "text"), x: fc.nat(), properties },
  { requiredKeys: ["type", "properties"] },
);
const bodies = fc.record(
  { widgets: fc.array(widget), start: fc.string(), variables: fc.array(json) },
  { requiredKeys: ["widgets"] },
) as fc.Arbitrary<JsonObject>;

/** A body without what is drawn on its graphs. */
function bare(body: JsonObject): unknown {
  return JSON.parse(JSON.stringify(body), (name, value: unknown) =>
    name === "vertical" ? undefined : value,
  );
}

/** Annotations that hold nothing are as good as none. */
function withoutEmpty(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (name, value: unknown) =>
    name === "annotations" && Object.keys(value as object).length === 0 ? undefined : value,
  );
}

interface Widget {
  readonly type: string;
  readonly properties: { readonly view?: string; readonly metrics?: unknown };
}

const isGraph = ({ type, properties: { view = "timeSeries", metrics } }: Widget) =>
  type === "metric" && view === "timeSeries" && metrics !== undefined;

describe("withAnnotations", () => {
  it("changes nothing the second time, whatever was drawn before", () => {
    fc.assert(
      fc.property(bodies, annotations, annotations, (body, before, after) => {
        const once = withAnnotations(body, after);
        expect(withAnnotations(once, after)).toEqual(once);
        expect(withAnnotations(withAnnotations(body, before), after)).toEqual(once);
      }),
    );
  });

  it("draws the newest on each graph, in order, and on nothing else", () => {
    fc.assert(
      fc.property(bodies, annotations, (body, all) => {
        const newest = all
          .map(({ value }) => value)
          .toSorted()
          .slice(-MAX_ANNOTATIONS);
        const { widgets } = withAnnotations(body, all) as unknown as Drawn;
        for (const [at, drawn] of widgets.entries()) {
          const before = (body.widgets as unknown as readonly Widget[])[at];
          if (before === undefined || !isGraph(before)) {
            expect(drawn).toEqual(before);
          } else {
            const values = (drawn.properties.annotations?.vertical ?? []).map(({ value }) => value);
            expect(values).toEqual(newest);
          }
        }
      }),
    );
  });

  it("leaves the rest of the body as it is", () => {
    fc.assert(
      fc.property(bodies, annotations, (body, all) => {
        expect(withoutEmpty(bare(withAnnotations(body, all)))).toEqual(withoutEmpty(bare(body)));
      }),
    );
  });
});

describe("annotationOf", () => {
  const sealed = (draft: Parameters<typeof seal>[2], actor: string, id = "support.classifier") =>
    seal(id, undefined, draft, { ...intent, actor, now: new Date("2026-01-01T10:00:00.999Z"), eventId: "1" });

  it("gives any event a label of one short line, or none", () => {
    const ids = fc.constantFrom("a.b", `a.${"long".repeat(60)}`);
    fc.assert(
      fc.property(drafts(), fc.string({ unit: "grapheme", maxLength: 300 }), ids, (draft, actor, id) => {
        const annotation = annotationOf(sealed(draft, actor, id));
        const shown = ["PromptPinned", "PromptUnpinned", "PromptRetired", "PromptRestored"];
        expect(annotation !== undefined).toBe(shown.includes(draft.type));
        if (annotation === undefined) return;
        expect([...annotation.label].length).toBeLessThan(220);
        expect(annotation.label.isWellFormed()).toBe(true);
        expect(annotation.value).toBe("2026-01-01T10:00:00Z");
      }),
    );
  });

  it.each([
    ["arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0f/ada@example.com", "ada@example.com"],
    ["arn:aws:iam::123456789012:user/ada", "ada"],
    ["github:ada", "github:ada"],
    ["git:Ada <ada@example.com>", "git:Ada <ada@example.com>"],
  ])("names %s as %s", (actor, name) => {
    const event = sealed(pinTo("support.classifier", [4, 1]), actor);
    expect(annotationOf(event)?.label).toBe(`live: support.classifier#4 pinned by ${name}`);
  });
});
