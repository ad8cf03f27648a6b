import { describe, expect, it } from "vitest";
import { connect, isLoopback } from "./connect.ts";

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

describe("connect", () => {
  it("stands in for region and credentials on this machine", async () => {
    const client = connect({ endpoint: "http://127.0.0.1:8000" });
    expect(await client.config.region()).toBe("local");
    expect(await client.config.credentials()).toMatchObject({ accessKeyId: "local" });
  });

  it("takes the region it is given", async () => {
    const client = connect({ endpoint: "http://127.0.0.1:8000", region: "eu-west-1" });
    expect(await client.config.region()).toBe("eu-west-1");
    expect(await connect({ region: "us-east-2" }).config.region()).toBe("us-east-2");
  });
});
