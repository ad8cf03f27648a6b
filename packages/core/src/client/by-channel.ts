import { DEFAULT_CHANNEL } from "../domain/resolve.ts";

/** How many channels of a prompt are remembered; callers may name any. */
const MOST_CHANNELS = 32;

/**
 * Something for each channel of a prompt. That of the default channel, which nearly every call asks for, is a field: a map would
 * take a third of a warm call's time.
 */
export class ByChannel<V> {
  readonly #others = new Map<string, V>();
  #default: V | undefined;

  get(channel: string): V | undefined {
    return channel === DEFAULT_CHANNEL ? this.#default : this.#others.get(channel);
  }

  set(channel: string, value: V): void {
    if (channel === DEFAULT_CHANNEL) {
      this.#default = value;
      return;
    }
    if (this.#others.size >= MOST_CHANNELS && !this.#others.has(channel)) this.#others.clear();
    this.#others.set(channel, value);
  }
}
