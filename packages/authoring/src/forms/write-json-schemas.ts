import { mkdirSync, writeFileSync } from "node:fs";
import { jsonSchemas, SCHEMAS_FOLDER } from "./json-schemas.ts";

mkdirSync(SCHEMAS_FOLDER, { recursive: true });
for (const [name, schema] of jsonSchemas()) {
  writeFileSync(new URL(name, SCHEMAS_FOLDER), `${JSON.stringify(schema, undefined, 2)}\n`);
}
