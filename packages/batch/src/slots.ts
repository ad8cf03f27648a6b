/** So many things may be under way at once; those that wait go first come, first served. */
export class Slots {
  readonly size: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];

  constructor(size: number) {
    this.size = size;
    this.#free = size;
  }

  async acquire(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((taken) => this.#waiting.push(taken));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.#free += 1;
    for (const woken of this.#idle.splice(0)) woken();
  }

  /** Returns when a slot is free that nobody waits for. */
  async idle(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((woken) => this.#idle.push(woken));
  }
}
