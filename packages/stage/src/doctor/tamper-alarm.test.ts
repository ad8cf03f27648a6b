import { GOOD_OUTPUTS } from "@promptops/testing";
import { describe, expect, it } from "vitest";
import { judgeTamperAlarm } from "./tamper-alarm.ts";

const STREAM = "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/1";
const TABLE = { LatestStreamArn: STREAM };
const PIPE = { CurrentState: "RUNNING", Source: STREAM, Target: GOOD_OUTPUTS.alarms } as const;

describe("the tamper alarm", () => {
  it("is fine when it runs from the stream to the topic", () => {
    expect(judgeTamperAlarm(PIPE, TABLE, GOOD_OUTPUTS)).toMatchObject([{ state: "fine" }]);
  });

  it("can be wrong in several ways at once, each said", () => {
    const pipe = { CurrentState: "STOPPED", Source: `${STREAM}-old`, Target: "arn:aws:sqs:…:other" } as const;
    expect(judgeTamperAlarm(pipe, TABLE, GOOD_OUTPUTS)).toMatchObject([
      { says: expect.stringContaining("is STOPPED"), mend: expect.stringContaining("aws pipes start-pipe") },
      { says: expect.stringContaining(`reads ${STREAM}-old`) },
      { says: expect.stringContaining("tells arn:aws:sqs:…:other") },
    ]);
  });

  it("says why the pipe failed", () => {
    const pipe = { ...PIPE, CurrentState: "START_FAILED", StateReason: "no role" } as const;
    expect(judgeTamperAlarm(pipe, TABLE, GOOD_OUTPUTS)).toMatchObject([
      { says: expect.stringContaining("is START_FAILED, not RUNNING: no role.") },
    ]);
  });

  it("says to remove a pipe that was never made right, which no deployment would change", () => {
    const pipe = { ...PIPE, CurrentState: "CREATE_FAILED", StateReason: "Cannot access stream" } as const;
    expect(judgeTamperAlarm(pipe, TABLE, GOOD_OUTPUTS)).toMatchObject([
      { mend: expect.stringMatching(/aws pipes delete-pipe --name \S+\. Deploy again: npx sst refresh/) },
    ]);
  });

  it("reads nothing where the table has no stream", () => {
    expect(judgeTamperAlarm(PIPE, {}, GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: expect.stringContaining("stream is none") },
    ]);
  });

  it("is not held against a table that is not there, and does not pass for fine", () => {
    expect(judgeTamperAlarm(PIPE, undefined, GOOD_OUTPUTS)).toEqual([]);
    expect(judgeTamperAlarm({ ...PIPE, CurrentState: "STOPPED" }, undefined, GOOD_OUTPUTS)).toMatchObject([
      { state: "wrong", says: expect.stringContaining("is STOPPED") },
    ]);
  });
});
