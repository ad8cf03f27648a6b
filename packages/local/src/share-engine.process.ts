import { shareEngine } from "./index.ts";
import { put } from "./test-table.ts";

// One user of a shared engine, as a process of its own, for the tests: <folder> <key> ["hold"]
// It says what it does, line by line, and with "hold" never releases.

const [folder = "", key = "", hold] = process.argv.slice(2);
console.log("asking");
const engine = await shareEngine(folder);
console.log(`engine ${engine.pid}`);
await put(engine.endpoint, key);
console.log("written");
if (hold === "hold") setInterval(() => {}, 60_000);
else await engine.release();
