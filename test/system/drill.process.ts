import { setTimeout } from "node:timers/promises";
import { intentClassifier } from "@promptops/functions";

/**
 * The handler under steady load: a call every 20 ms, whether or not the one before has been answered. Prints a line for
 * each answer between the handler's own event lines, until stdin ends.
 */
let running = true;
process.stdin.on("end", () => (running = false)).resume();
const calls: Promise<void>[] = [];
while (running) {
  calls.push(call());
  await setTimeout(20);
}
await Promise.all(calls);

async function call(): Promise<void> {
  const body = JSON.stringify({ message: "I was charged twice" });
  const { statusCode } = await intentClassifier({ body }, { awsRequestId: "r" });
  process.stdout.write(`${JSON.stringify({ answered: statusCode })}\n`);
}
