import { mkdirSync, writeFileSync } from "node:fs";
import { eventJsonSchema, SCHEMA_FILE } from "./json-schema.ts";

mkdirSync(new URL(".", SCHEMA_FILE), { recursive: true });
writeFileSync(SCHEMA_FILE, `${JSON.stringify(eventJsonSchema(), undefined, 2)}\n`);
