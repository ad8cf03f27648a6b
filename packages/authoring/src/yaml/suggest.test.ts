import { describe, expect, it } from "vitest";
import { nearest } from "./suggest.ts";

const NAMES = ["temperature", "template", "tags", "owner"];

describe("nearest", () => {
  it.each([
    ["ownr", "owner"],
    ["onwer", "owner"],
    ["tag", "tags"],
    ["tempalte", "template"],
    ["temprature", "temperature"],
    ["Temperature", "temperature"],
    ["owner", "owner"],
    ["colour", undefined],
    ["x", undefined],
    ["", undefined],
  ])("takes %j for %j", (written, meant) => {
    expect(nearest(written, NAMES)).toBe(meant);
  });
});
