import { writeFileSync } from "node:fs";
import { formatSnapshot, UserError } from "@promptops/core/domain";
import { takeSnapshot } from "@promptops/registry";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { count } from "../words/count.ts";

export async function snapshot(
  context: Context,
  ids: readonly string[],
  { output }: { readonly output: string },
): Promise<Outcome> {
  const prompts = await takeSnapshot(await context.ledger(), ids);
  const text = formatSnapshot(prompts);
  try {
    writeFileSync(output, text);
  } catch (error) {
    throw new UserError("cannot-write", `${output} cannot be written: ${(error as Error).message}`, {
      hint: "Name a file in a folder that is there.",
      cause: error,
    });
  }
  const versions = prompts.reduce((sum, prompt) => sum + prompt.versions.length, 0);
  const bytes = Buffer.byteLength(text);
  return {
    json: { file: output, prompts: prompts.length, versions, bytes },
    text: `${output} has ${count(versions, "version")} of ${count(prompts.length, "prompt")}, ${bytes.toLocaleString("en")} bytes`,
  };
}
