import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

const WITHOUT_PEER = `
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(name, context, next) {
      if (name.startsWith("@opentelemetry/")) throw new Error("not installed: " + name);
      return next(name, context);
    },
  });
  const loaded = (name) => import(name).then(() => "loaded", (error) => error.message);
  console.log(JSON.stringify([await loaded("@promptops/events"), await loaded("@promptops/events/otel")]));
`;

it("is needed for spans alone", () => {
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", WITHOUT_PEER], {
    cwd: import.meta.dirname,
  });
  expect(JSON.parse(printed.toString())).toEqual(["loaded", "not installed: @opentelemetry/api"]);
});
