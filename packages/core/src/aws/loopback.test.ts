import { describe, expect, it } from "vitest";
import { isLoopback } from "./loopback.ts";

describe("isLoopback", () => {
  it.each([
    ["http://127.0.0.1:8000", true],
    ["http://127.8.8.8", true],
    ["http://localhost:8000", true],
    ["http://[::1]:8000", true],
    ["https://dynamodb.eu-west-1.amazonaws.com", false],
    ["http://127.0.0.1.example.com", false],
    ["http://localhost.example.com", false],
    ["http://10.0.0.1", false],
  ])("%s: %s", (endpoint, loopback) => {
    expect(isLoopback(endpoint)).toBe(loopback);
  });
});
