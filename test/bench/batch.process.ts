import { BatchRun, messages } from "./batch-run.ts";

/** Runs the sample job over so many records, and prints the most memory that took, in MiB. */
using batch = await BatchRun.open();
await batch.run(batch.input(messages() ?? [], Number(process.argv[2])));
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
