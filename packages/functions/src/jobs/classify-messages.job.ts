import { defineBatchJob } from "@promptops/batch";
import { z } from "zod";
import { classify } from "../classify.ts";

/** Names the intent of each message of a file, as the function `intent-classifier` does for one message. */
export default defineBatchJob({
  name: "classify-messages",
  prompt: "customer-support.intent-classifier",
  input: z.object({ text: z.string().min(1) }),
  output: z.object({ text: z.string(), intent: z.string() }),
  process: ({ text }, { prompt, observe }) =>
    observe({}, async (event) => ({ text, intent: await classify(prompt, text, event) })),
});
