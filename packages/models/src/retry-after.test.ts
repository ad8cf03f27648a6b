import { expect, it } from "vitest";
import { retryAfter } from "./retry-after.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

it.each([
  [{}, undefined],
  [{ "retry-after": "20" }, 20_000],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "1.5" }, 1500],
  [{ "retry-after": "Sun, 01 Mar 2026 12:01:30 GMT" }, 90_000],
  [{ "retry-after": "Sun, 01 Mar 2026 11:00:00 GMT" }, 0],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-5" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after-ms": "250", "retry-after": "1" }, 250],
  [{ "retry-after-ms": "", "retry-after": "1" }, 1000],
])("%j asks for %j ms", (headers, ms) => {
  expect(retryAfter(headers, now)).toBe(ms);
});
