import { logPromptEvent, type Prompt, sendEventsTo } from "@promptops/core";
import { closeOnExit } from "./close-on-exit.ts";
import { firehoseSink } from "./firehose-sink.ts";

/** Logs one event and ends in one of several ways. */
const [endpoint = "", spill = "", ending = ""] = process.argv.slice(2);
const sink = firehoseSink({ stream: "exits", endpoint, spill });
sendEventsTo(sink.write);
closeOnExit(sink);

const prompt: Prompt = {
  id: "support.classifier",
  version: 1,
  owner: "support",
  model: "claude",
  tags: [],
  template: "Hello",
  contentHash: "c".repeat(64),
  source: "memory",
  ageMs: 0,
  render: () => ({ text: "" }),
};
logPromptEvent("prompt_completed", prompt, { label: ending });
if (ending === "exit") process.exit(3);
if (ending === "throw") throw new Error("on purpose");
if (ending === "signal") {
  setInterval(() => {}, 60_000);
  process.stdout.write("ready\n");
}
