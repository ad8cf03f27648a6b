import type { PromptDefinition } from "../domain/definition.ts";
import type { Prompt } from "../domain/prompt.ts";
import { compile, type Renderer } from "../domain/render.ts";
import { openRecord, type VersionRecord } from "../domain/version.ts";

/**
 * What a version takes besides its text, in bytes: measured on the heap for a prompt with a few fields and a variable,
 * served through a channel and rendered, and rounded up.
 */
const OBJECTS_BYTES = 3_000;

/** What an answer adds to a version. */
export type Provenance = Pick<Prompt, "channel" | "pinSeq" | "insteadOf" | "source" | "ageMs">;

/** A prompt, and the promise of it once somebody asked for that, so that neither has to be made again. */
export class Answer {
  readonly prompt: Prompt;
  #promise: Promise<Prompt> | undefined;

  constructor(prompt: Prompt) {
    this.prompt = prompt;
  }

  get promise(): Promise<Prompt> {
    this.#promise ??= Promise.resolve(this.prompt);
    return this.#promise;
  }
}

/** A version in memory: checked, frozen, cut for rendering when it is first rendered. */
export class HeldVersion {
  readonly definition: PromptDefinition;
  readonly contentHash: string;
  /** The memory that it takes, in bytes. */
  readonly bytes: number;
  /** The answer to who asks for exactly this version and finds it here: always the same. */
  readonly exact: Answer;
  readonly #render: Renderer;
  #latest: Answer | undefined;

  /** @throws ServiceError `corrupt-content` when the text is not what was published. */
  constructor(record: VersionRecord) {
    this.definition = deepFreeze(openRecord(record));
    this.contentHash = record.contentHash;
    this.bytes = OBJECTS_BYTES + heapBytes(record.definition);
    let render: Renderer | undefined;
    this.#render = (values) => {
      render ??= compile(this.definition);
      return render(values);
    };
    this.exact = new Answer(this.as({ source: "memory", ageMs: 0 }));
  }

  /** This version as a prompt that was come by in this way. */
  as(provenance: Provenance): Prompt {
    const { channel, pinSeq, insteadOf, source, ageMs } = provenance;
    return this.#prompt(channel, pinSeq, insteadOf, source, ageMs);
  }

  /**
   * The answer to who asks for what a channel serves while that is held. Calls within the same millisecond, of which
   * a loop makes thousands, share one.
   */
  served(channel: string, pinSeq: number | undefined, ageMs: number): Answer {
    const latest = this.#latest;
    if (
      latest !== undefined &&
      latest.prompt.ageMs === ageMs &&
      latest.prompt.channel === channel &&
      latest.prompt.pinSeq === pinSeq
    ) {
      return latest;
    }
    this.#latest = new Answer(this.#prompt(channel, pinSeq, undefined, "memory", ageMs));
    return this.#latest;
  }

  /**
   * Field by field, those that are absent as undefined: all prompts have one shape, which V8 makes several times
   * faster than a copy of each definition's own.
   */
  #prompt(
    channel: string | undefined,
    pinSeq: number | undefined,
    insteadOf: number | undefined,
    source: Prompt["source"],
    ageMs: number,
  ): Prompt {
    const { definition } = this;
    const prompt: { [name in keyof Prompt]-?: Prompt[name] | undefined } = {
      id: definition.id,
      version: definition.version,
      owner: definition.owner,
      model: definition.model,
      parent: definition.parent,
      description: definition.description,
      tags: definition.tags,
      metrics: definition.metrics,
      variables: definition.variables,
      parameters: definition.parameters,
      events: definition.events,
      output: definition.output,
      includes: definition.includes,
      template: definition.template,
      messages: definition.messages,
      contentHash: this.contentHash,
      channel,
      pinSeq,
      insteadOf,
      source,
      ageMs,
      render: this.#render,
    };
    return Object.freeze(prompt) as Prompt;
  }
}

/** The size of a text in V8's heap: one byte for a character, or two where one does not fit into a byte. */
function heapBytes(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the range of one byte.
  return /[^\x00-\xff]/.test(text) ? text.length * 2 : text.length;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
