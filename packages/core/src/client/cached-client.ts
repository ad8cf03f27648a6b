import { isPromptOpsError } from "../domain/errors.ts";
import type { Prompt } from "../domain/prompt.ts";
import { formatRef, parsePartialRef, type Ref } from "../domain/ref.ts";
import { DEFAULT_CHANNEL, targets } from "../domain/resolve.ts";
import type { VersionMark } from "../domain/stream.ts";
import { logPromptEvent } from "../events/log.ts";
import type { LedgerReader } from "../ledger/ledger.ts";
import { draw, markFor, pinSeqOf, provenanceOf } from "./choice.ts";
import { fits } from "./contract.ts";
import { type Answer, HeldVersion } from "./held-version.ts";
import { contentMismatch, contractMismatch, notPrefetched } from "./problems.ts";
import type { PromptClient, PromptRequest } from "./prompt-client.ts";
import { type Head, headReads, versionReads } from "./reads.ts";
import { isAbsence, type Reads, type Slot } from "./slot.ts";
import { SlotCache } from "./slot-cache.ts";
import { SnapshotPrompts } from "./snapshot-prompts.ts";
import { type Reading, readWithin, type Windows } from "./windows.ts";

interface Settings {
  readonly ledger: LedgerReader;
  readonly windows: Windows;
  readonly maxBytes: number;
  readonly snapshot?: string;
}

/** How many prompts are read at once ahead of need. */
const PREFETCHES_IN_FLIGHT = 32;
/** How far back a version is looked for that fits the code. */
const MOST_STEPS_BACK = 20;

const NO_REQUEST: PromptRequest = {};

/** See {@link PromptClient}. Heads and versions share one cache: a head's key is an id, a version's a ref. */
export class CachedClient implements PromptClient {
  readonly #windows: Windows;
  readonly #cache: SlotCache;
  readonly #heads: Reads<Head>;
  readonly #versions: Reads<HeldVersion>;
  readonly #snapshot: SnapshotPrompts;
  /** The failures that were told of; calls that one failure befalls tell of it once. */
  readonly #told = new WeakSet<object>();

  constructor({ ledger, windows, maxBytes, snapshot }: Settings) {
    this.#windows = windows;
    this.#cache = new SlotCache(maxBytes);
    this.#heads = headReads(ledger, windows.ttlMs);
    this.#versions = versionReads(ledger, windows.ttlMs);
    this.#snapshot = new SnapshotPrompts(snapshot);
  }

  get(id: string, request: PromptRequest = NO_REQUEST): Promise<Prompt> {
    return this.#held(id, request)?.promise ?? this.#ask(id, request);
  }

  peek(id: string, request: PromptRequest = NO_REQUEST): Prompt | undefined {
    return this.#held(id, request)?.prompt;
  }

  async prefetch(ids: readonly string[]): Promise<void> {
    const left = [...ids];
    const failures: (readonly [string, unknown])[] = [];
    const worker = async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        try {
          await this.get(id);
        } catch (error) {
          failures.push([id, error]);
        }
      }
    };
    await Promise.all(Array.from({ length: PREFETCHES_IN_FLIGHT }, worker));
    const [first] = failures;
    if (first !== undefined) throw failures.length === 1 ? first[1] : notPrefetched(failures);
  }

  /** The answer that is here and fresh. This is the path of a warm call: it allocates next to nothing. */
  #held(id: string, { version, channel = DEFAULT_CHANNEL, key, expects }: PromptRequest): Answer | undefined {
    const slot = this.#cache.known<Head | HeldVersion>(
      version === undefined ? id : formatRef({ id, version }),
    );
    const value = slot?.value;
    if (slot === undefined || value === undefined) return undefined;
    slot.used = true;
    if (value instanceof HeldVersion) {
      return expects === undefined || fits(value.definition, expects) ? value.exact : undefined;
    }
    const ageMs = slot.ageAt(Date.now());
    if (ageMs >= this.#windows.ttlMs) return undefined;
    const target = value.targets.get(channel) ?? this.#drawn(id, value, channel, key);
    const held = target?.version.value;
    if (target === undefined || held === undefined) return undefined;
    if (expects !== undefined && !fits(held.definition, expects)) return undefined;
    target.version.used = true;
    return held.served(channel, target.pinSeq, ageMs);
  }

  /** What a weighted pin gives to this caller, if that is held. */
  #drawn(id: string, { state }: Head, channel: string, key: string | undefined) {
    if (state.retired || targets(state, channel).length < 2) return undefined;
    const mark = draw(state, channel, key);
    const version = mark && this.#cache.known<HeldVersion>(formatRef({ id, version: mark.version }));
    if (version === undefined || version.value?.contentHash !== mark?.contentHash) return undefined;
    return { version, pinSeq: pinSeqOf(state, channel) };
  }

  async #ask(typed: string, request: PromptRequest): Promise<Prompt> {
    const { id, ...ref } = parsePartialRef(typed);
    const version = request.version ?? ref.version;
    if (version !== undefined) return this.#exact({ id, version }, request);
    const slot = this.#cache.slot(id, this.#heads);
    let reading: Reading<Head>;
    try {
      reading = await readWithin(slot, this.#windows);
    } catch (error) {
      return this.#fromSnapshot(id, request, error);
    }
    return this.#serve(id, reading, request);
  }

  async #exact(ref: Ref, { expects }: PromptRequest): Promise<Prompt> {
    let prompt: Prompt;
    let failure: unknown;
    try {
      const { held, asked } = await this.#version(ref);
      prompt = asked ? held.as({ source: "ledger", ageMs: 0 }) : held.exact.prompt;
    } catch (error) {
      const held = isAbsence(error) ? undefined : this.#snapshot.version(ref, error);
      if (held === undefined) throw error;
      prompt = held.as({ source: "snapshot", ageMs: 0 });
      failure = error;
    }
    if (expects !== undefined && !fits(prompt, expects)) throw contractMismatch(ref, expects);
    return failure === undefined ? prompt : this.#despite(failure, prompt);
  }

  async #serve(id: string, reading: Reading<Head>, request: PromptRequest): Promise<Prompt> {
    const { channel = DEFAULT_CHANNEL, key, expects } = request;
    const head = reading.value;
    const mark = markFor(id, head.state, channel, key);
    const pinSeq = pinSeqOf(head.state, channel);
    let found: { readonly slot: Slot<HeldVersion>; readonly held: HeldVersion; readonly asked: boolean };
    try {
      found = await this.#marked(id, head, mark);
    } catch (error) {
      return this.#lastGood(id, head, request, error);
    }
    const { slot: version, held, asked } = found;
    head.lastGood.set(channel, { version, pinSeq, readAt: reading.readAt });
    if (targets(head.state, channel).length === 1) head.targets.set(channel, { version, pinSeq });
    const provenance = provenanceOf(
      channel,
      pinSeq,
      asked && reading.source === "memory" ? "ledger" : reading.source,
      reading.readAt,
    );
    const prompt =
      expects === undefined || fits(held.definition, expects)
        ? held.as(provenance)
        : (await this.#fitting({ id, version: mark.version }, expects)).as({
            ...provenance,
            insteadOf: mark.version,
          });
    return reading.failure === undefined ? prompt : this.#despite(reading.failure, prompt);
  }

  /** The version that a head names, with the content that it names. */
  async #marked(id: string, head: Head, mark: VersionMark) {
    const ref = { id, version: mark.version };
    const mismatch = (cause?: unknown) => (head.mismatch ??= contentMismatch(ref, cause));
    const found = await this.#version(ref).catch((error: unknown) => {
      throw isAbsence(error) ? mismatch(error) : error;
    });
    if (found.held.contentHash !== mark.contentHash) throw mismatch();
    return found;
  }

  async #version(ref: Ref) {
    const slot = this.#cache.slot(formatRef(ref), this.#versions);
    if (slot.value !== undefined) return { slot, held: slot.value, asked: false };
    const now = Date.now();
    const resting = slot.restingAt(now);
    if (resting !== undefined) throw resting.error;
    const outcome = await slot.refresh(now, Number.POSITIVE_INFINITY);
    if ("error" in outcome) throw outcome.error;
    return { slot, held: outcome.value, asked: true };
  }

  /** The newest version before this one that code with this contract can render. */
  async #fitting(ref: Ref, expects: NonNullable<PromptRequest["expects"]>): Promise<HeldVersion> {
    const oldest = Math.max(1, ref.version - MOST_STEPS_BACK);
    for (let version = ref.version - 1; version >= oldest; version -= 1) {
      const found = await this.#version({ id: ref.id, version }).catch((error: unknown) => {
        if (!isAbsence(error)) throw error;
      });
      if (found !== undefined && fits(found.held.definition, expects)) return found.held;
    }
    throw contractMismatch(ref, expects);
  }

  /** What the channel served before, when what it serves now cannot be had. */
  #lastGood(id: string, head: Head, request: PromptRequest, error: unknown): Prompt {
    const { channel = DEFAULT_CHANNEL, expects } = request;
    const good = head.lastGood.get(channel);
    const held = good?.version.value;
    if (
      good !== undefined &&
      held !== undefined &&
      (expects === undefined || fits(held.definition, expects))
    ) {
      const provenance = provenanceOf(channel, good.pinSeq, "stale", good.readAt);
      if (provenance.ageMs < this.#windows.staleIfErrorMs) return this.#despite(error, held.as(provenance));
    }
    return this.#fromSnapshot(id, request, error);
  }

  #fromSnapshot(id: string, request: PromptRequest, error: unknown): Prompt {
    const { channel = DEFAULT_CHANNEL, key, expects } = request;
    const state = isAbsence(error) ? undefined : this.#snapshot.state(id, error);
    if (state === undefined) throw error;
    const mark = markFor(id, state, channel, key);
    const held = this.#snapshot.version({ id, version: mark.version }, error);
    if (held?.contentHash !== mark.contentHash) throw error;
    if (expects !== undefined && !fits(held.definition, expects)) {
      throw contractMismatch({ id, version: mark.version }, expects);
    }
    const provenance = provenanceOf(channel, pinSeqOf(state, channel), "snapshot", this.#snapshot.asOf);
    return this.#despite(error, held.as(provenance));
  }

  /** A prompt that is given although something failed, of which the log hears once. */
  #despite(failure: unknown, prompt: Prompt): Prompt {
    const error = failure instanceof Error ? failure : new Error(String(failure));
    if (!this.#told.has(error)) {
      this.#told.add(error);
      logPromptEvent("prompt_read_failed", prompt, {
        error_kind: isPromptOpsError(error) ? error.code : error.name,
        error_message: error.message,
      });
    }
    return prompt;
  }
}
