import { type Reads, Slot } from "./slot.ts";

/** What a slot takes besides its value, in bytes: itself, its key, and its place in the map. */
const SLOT_BYTES = 500;

/**
 * Slots by key, of limited size in all. When there is too much, those go that nobody asked for lately: each gets a
 * second chance when it was used since it was last looked at (the CLOCK algorithm), so that a hit costs no more than
 * setting a flag.
 */
export class SlotCache {
  readonly #maxBytes: number;
  // biome-ignore lint/suspicious/noExplicitAny: each key belongs to one kind of thing, which the caller knows.
  readonly #slots = new Map<string, Slot<any>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The slot of a key, which is new when the key is. */
  slot<T>(key: string, reads: Reads<T>): Slot<T> {
    const known = this.#slots.get(key);
    if (known !== undefined) {
      known.used = true;
      return known;
    }
    let counted = 0;
    const slot = new Slot<T>(key, reads, () => {
      if (this.#slots.get(key) !== slot) return;
      this.#bytes += slot.bytes - counted;
      counted = slot.bytes;
      this.#evict();
    });
    this.#slots.set(key, slot);
    this.#bytes += SLOT_BYTES;
    return slot;
  }

  /** The slot of a key, if it is there. */
  known<T>(key: string): Slot<T> | undefined {
    return this.#slots.get(key);
  }

  #evict(): void {
    // Twice around: the first may do no more than take away what marks slots as used.
    let looks = this.#slots.size * 2;
    for (const [key, slot] of this.#slots) {
      if (this.#bytes <= this.#maxBytes || looks <= 0) return;
      looks -= 1;
      this.#slots.delete(key);
      if (slot.used || slot.flightAt !== undefined) {
        slot.used = false;
        this.#slots.set(key, slot);
      } else {
        this.#bytes -= SLOT_BYTES + slot.bytes;
        slot.drop();
      }
    }
  }
}
