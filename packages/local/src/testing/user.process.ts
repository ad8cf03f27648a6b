import { shareEngine } from "../index.ts";
import { put } from "./table.ts";

// A user of a shared engine, as a process of its own: <folder> <key> ["hold"]
// It says what it does, line by line, and with "hold" stays until it is killed.

const [folder = "", key = "", hold] = process.argv.slice(2);
console.log("asking");
const engine = await shareEngine(folder);
console.log(`engine ${engine.pid}`);
await put(engine.endpoint, key);
console.log("written");
if (hold === "hold") setInterval(() => {}, 60_000);
else await engine.release();
