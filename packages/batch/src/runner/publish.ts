import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@promptops/core";
import { s3Place, s3Put, s3Text } from "../s3.ts";
import type { Manifest } from "./manifest.ts";
import type { RunFolder } from "./run-folder.ts";

/**
 * A run that was begun with this output on S3 is gone on with here, in its versions, also from another machine.
 *
 * @throws UserError `another-run` when it is not the one that this machine knows.
 */
export async function adoptManifest(output: string, folder: RunFolder): Promise<void> {
  const there = await s3Text(at(output, "manifest.json"));
  const here = folder.readManifest();
  if (there === undefined) return;
  if (here === undefined) folder.writeManifest(there);
  else if ((JSON.parse(here) as Manifest).runId !== (JSON.parse(there) as Manifest).runId) {
    throw new UserError("another-run", `${output} has a run that was begun by another machine`, {
      hint: `Give another --output, or remove ${folder.path} to go on with that run from here.`,
      facts: { output },
    });
  }
}

/** Tells others of the run that this output is for. */
export async function announce(output: string, folder: RunFolder): Promise<void> {
  await s3Put(at(output, "manifest.json"), folder.readManifest() ?? "");
}

/** Puts the parts on S3, each over itself if it is there, and the summary last. */
export async function publish(
  output: string,
  folder: RunFolder,
  parts: readonly string[],
  summary: string,
): Promise<void> {
  for (const part of parts) {
    const failures = part.replace(/^part-(\d+)\..*$/, "failures-$1.jsonl");
    for (const name of [part, failures]) {
      const file = join(folder.path, name);
      if (existsSync(file)) await s3Put(at(output, name), readFileSync(file));
    }
  }
  await s3Put(at(output, "summary.json"), summary);
}

function at(output: string, name: string) {
  const { bucket, key } = s3Place(output);
  return { bucket, key: `${key}/${name}` };
}
