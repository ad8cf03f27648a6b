import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FileLock } from "./file-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "promptops-lock-"));
const opened: FileLock[] = [];

function open(name: string): FileLock {
  const lock = new FileLock(join(folder, "made", name));
  opened.push(lock);
  return lock;
}

afterEach(() => {
  for (const lock of opened.splice(0)) lock.close();
  rmSync(folder, { recursive: true, force: true });
});

test("one has it exclusively, until it unlocks or closes", () => {
  const [one, two] = [open("a"), open("a")];
  expect([one.try("exclusive"), two.try("exclusive"), two.try("shared")]).toEqual([true, false, false]);
  one.unlock();
  expect([two.try("exclusive"), one.try("exclusive")]).toEqual([true, false]);
  two.close();
  expect(one.try("exclusive")).toBe(true);
});

test("many share it, and nobody has it exclusively before the last is gone", () => {
  const [one, two, three] = [open("a"), open("a"), open("a")];
  expect([one.try("shared"), two.try("shared"), three.try("exclusive")]).toEqual([true, true, false]);
  one.unlock();
  expect(three.try("exclusive")).toBe(false);
  two.unlock();
  expect(three.try("exclusive")).toBe(true);
});

test("whoever waits gets it", async () => {
  const [one, two] = [open("a"), open("a")];
  one.try("exclusive");
  const waiting = two.wait("exclusive");
  one.unlock();
  await waiting;
  expect(one.try("shared")).toBe(false);
});

test("a deleted file is not the current one, nor is it locked in its successor", () => {
  const one = open("a");
  one.try("exclusive");
  expect(one.isCurrent()).toBe(true);
  rmSync(join(folder, "made"), { recursive: true });
  expect(one.isCurrent()).toBe(false);
  const two = open("a");
  expect([one.isCurrent(), two.isCurrent(), two.try("exclusive")]).toEqual([false, true, true]);
  one.unlock();
  expect(one.try("exclusive")).toBe(true);
});

test("says what is wrong with a file that cannot be locked", () => {
  rmSync(folder, { recursive: true, force: true });
  expect(() => new FileLock(join("/dev/null", "a"))).toThrowError(
    expect.objectContaining({ code: "engine-lock", message: expect.stringContaining("/dev/null/a") }),
  );
});
