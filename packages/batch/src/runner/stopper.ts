import type { StopReason } from "./summary.ts";

/** How long records under way may take after a stop, in milliseconds. */
const GRACE_MS = 10_000;

/** Stops a run: at once for records that are not begun, after a while for those under way. */
export class Stopper implements Disposable {
  readonly #stop = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #outside: AbortSignal;
  #reason: StopReason | "error" | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #onOutside = () => this.stop("interrupted");

  constructor(outside: AbortSignal) {
    this.#outside = outside;
    if (outside.aborted) this.#onOutside();
    else outside.addEventListener("abort", this.#onOutside, { once: true });
  }

  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get givenUp(): AbortSignal {
    return this.#giveUp.signal;
  }

  /** Why it was stopped; an error is thrown by who stopped it. */
  get reason(): StopReason | undefined {
    return this.#reason === "error" ? undefined : this.#reason;
  }

  /** The first reason counts. */
  stop(reason: StopReason | "error"): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#timer = setTimeout(() => this.#giveUp.abort(), GRACE_MS);
    this.#stop.abort();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outside.removeEventListener("abort", this.#onOutside);
  }
}
