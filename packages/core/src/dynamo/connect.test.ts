import { describe, expect, it } from "vitest";
import { connect } from "./connect.ts";

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
