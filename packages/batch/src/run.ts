import { type Prompt, type PromptClient, ServiceError } from "@promptops/core";
import type { BatchJob } from "./job.ts";

/** The version of a prompt that a run uses, and how it was chosen. */
export interface RunPrompt {
  readonly id: string;
  readonly version: number;
  readonly contentHash: string;
  readonly channel: string;
  readonly pinSeq?: number;
}

/** What every batch of a run knows of it, wherever it is processed. */
export interface Run {
  readonly runId: string;
  readonly job: string;
  readonly prompts: readonly RunPrompt[];
}

/**
 * The versions that a job's prompts have at this moment.
 *
 * @throws the errors of the client's `get`.
 */
export async function choosePrompts(
  { promptIds }: BatchJob,
  client: PromptClient,
  channel: string,
): Promise<readonly RunPrompt[]> {
  const prompts = await Promise.all(promptIds.map((id) => client.get(id, { channel })));
  return prompts.map(({ id, version, contentHash, pinSeq }) => ({
    id,
    version,
    contentHash,
    channel,
    ...(pinSeq !== undefined && { pinSeq }),
  }));
}

/**
 * A run's prompts by id, in the run's versions, whatever is pinned by now.
 *
 * @throws ServiceError `changed-version` when a version does not have the content that the run began with; the errors
 *   of the client's `get`.
 */
export async function openPrompts(run: Run, client: PromptClient): Promise<ReadonlyMap<string, Prompt>> {
  const prompts = await Promise.all(run.prompts.map((chosen) => openPrompt(chosen, client)));
  return new Map(prompts.map((prompt) => [prompt.id, prompt]));
}

async function openPrompt(chosen: RunPrompt, client: PromptClient): Promise<Prompt> {
  const { id, version, contentHash, channel, pinSeq } = chosen;
  const prompt = await client.get(id, { version });
  if (prompt.contentHash !== contentHash) {
    throw new ServiceError(
      "changed-version",
      `${id}#${version} has the content ${prompt.contentHash}; the run began with ${contentHash}`,
      {
        hint: "Is this the ledger that the run began with? promptops verify checks it.",
        facts: { id, version },
      },
    );
  }
  const { render } = prompt;
  return Object.freeze({ ...prompt, render, channel, ...(pinSeq !== undefined && { pinSeq }) });
}
