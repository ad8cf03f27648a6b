import type { PromptDefinition } from "@promptops/core/domain";
import { describe, expect, it } from "vitest";
import { renamesAmong } from "./renames.ts";

function prompt(id: string, ...lines: string[]): PromptDefinition {
  return { id, version: 1, owner: "team", model: "m", tags: [], template: lines.join("\n") };
}

function renames(added: readonly PromptDefinition[], gone: readonly PromptDefinition[]) {
  return [...renamesAmong(added, gone)].map(([{ id }, { id: former }]) => `${former} to ${id}`);
}

describe("renamesAmong", () => {
  it("finds the text that shares most lines", () => {
    const added = [prompt("n.a", "one", "two", "three", "new")];
    const gone = [prompt("g.a", "one", "two", "x", "y"), prompt("g.b", "one", "two", "three", "four")];
    expect(renames(added, gone)).toEqual(["g.b to n.a"]);
  });

  it("finds none where texts share less than most of their lines", () => {
    expect(renames([prompt("n.a", "one", "two")], [prompt("g.a", "one", "other")])).toEqual([]);
    expect(renames([prompt("n.a", "one")], [])).toEqual([]);
  });

  it("takes no prompt for two", () => {
    const same = ["one", "two"];
    expect(
      renames(
        [prompt("n.a", ...same), prompt("n.b", ...same), prompt("n.c", ...same)],
        [prompt("g.a", ...same), prompt("g.b", ...same)],
      ),
    ).toHaveLength(2);
  });

  it("compares messages by what they say", () => {
    const { template: _, ...rest } = prompt("g.a");
    const talk = { ...rest, messages: [{ role: "system" as const, content: "one\ntwo" }] };
    expect(renames([prompt("n.a", "one", "  two")], [talk])).toEqual(["g.a to n.a"]);
  });
});
