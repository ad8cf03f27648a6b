import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { connect } from "@promptops/core/dynamo";
import { describeEngines, GOOD_OUTPUTS } from "@promptops/testing";
import { expect, it } from "vitest";
import { judgeStream } from "./stream.ts";
import { judgeTable } from "./table.ts";

describeEngines((newTable) => {
  it("a table that a program made for itself has the shape, and is not kept", async () => {
    const { table, endpoint } = await newTable();
    const client = connect({ endpoint });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    client.destroy();
    const outputs = { ...GOOD_OUTPUTS, table };
    expect(judgeTable(Table, { ...outputs, keepsLedger: false })).toMatchObject([{ state: "fine" }]);
    expect(judgeTable(Table, outputs)).toMatchObject([
      { state: "wrong", says: "the table is not protected from deletion" },
    ]);
    expect(judgeStream(Table ?? {}, outputs)).toMatchObject({ state: "wrong" });
  });
});
