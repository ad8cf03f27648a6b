import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeEvents } from "./events.ts";

const NOW = new Date("2026-11-23T03:00:00Z");
const object = (key: string, minutesAgo: number) => ({
  key,
  at: new Date(NOW.getTime() - minutesAgo * 60_000),
});

describe("events in the lake", () => {
  it.each([
    [0.2, "the newest came 0 min ago"],
    [119, "the newest came 119 min ago"],
    [120, "the newest came 2 h ago"],
    [47 * 60, "the newest came 47 h ago"],
    [20 * 24 * 60, "the newest came 20 days ago"],
    [-1, "the newest came 0 min ago"],
  ])("are told by their age: %d minutes", (minutes, says) => {
    const newest = object("events/dt=2026-11-23/hour=02/a", minutes);
    expect(judgeEvents({ newest, errors: [] }, NOW, GOOD_OUTPUTS)).toMatchObject([
      { state: "fine", says: expect.stringContaining(says), facts: { key: newest.key } },
    ]);
  });

  it("that did not get there are told by the folder, with one to look at", () => {
    const errors = [
      object("errors/processing-failed/dt=2026-11-23/a", 1),
      object("errors/processing-failed/dt=2026-11-23/b", 2),
      object("errors/format-conversion-failed/dt=2026-11-22/c", 500),
    ];
    expect(judgeEvents({ newest: undefined, errors }, NOW, GOOD_OUTPUTS)).toMatchObject([
      {
        state: "wrong",
        says: expect.stringMatching(
          /2 objects of the last day in s3:.*errors\/processing-failed\/dt=2026-11-23\/$/,
        ),
        mend: expect.stringMatching(/aws s3 cp s3:.*errors\/processing-failed\/dt=2026-11-23\/a -$/),
      },
      { state: "wrong", facts: { count: 1 } },
    ]);
  });
});
