/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const production = input.stage === "production";
    return { name: "promptops", home: "aws", removal: production ? "retain" : "remove", protect: production };
  },
  async run() {
    const { createLedger } = await import("./stacks/ledger.ts");
    const ledger = createLedger();
    return { table: ledger.name };
  },
});
