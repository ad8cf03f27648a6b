import { usd } from "./words.ts";

/** A sum of floating-point prices may miss the limit by this much. */
const ROUNDING_USD = 1e-9;

/**
 * Money that a run may spend. A case may start when it and all the cases under way would stay within the limit if each
 * cost as much as the dearest one so far. While no case has shown its price, only one may be under way.
 */
export class Budget {
  readonly #limitUsd: number;
  #spentUsd = 0;
  #dearestUsd = 0;
  #underWay = 0;

  constructor(limitUsd: number) {
    this.#limitUsd = limitUsd;
  }

  /** US dollars. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  /** Why `start` said no, in words. */
  get exhausted(): string {
    const spent = `${usd(this.#spentUsd)} of ${usd(this.#limitUsd)} is spent`;
    const next = this.#dearestUsd === 0 ? "" : `, and a case has cost up to ${usd(this.#dearestUsd)}`;
    return `the cost limit is reached: ${spent}${next}`;
  }

  /** Whether cases have to run one by one, because nothing is known of what one costs. */
  get blind(): boolean {
    return this.#limitUsd !== Number.POSITIVE_INFINITY && this.#dearestUsd === 0;
  }

  /** Takes a place for one more case, or says that there is no money for it. */
  start(): boolean {
    const projected = this.#spentUsd + (this.#underWay + 1) * this.#dearestUsd;
    if (this.#spentUsd >= this.#limitUsd || projected > this.#limitUsd + ROUNDING_USD) return false;
    this.#underWay++;
    return true;
  }

  spend(usd: number): void {
    this.#spentUsd += usd;
  }

  /** Gives back the place of a case that cost so much. */
  finish(caseUsd: number): void {
    this.#underWay--;
    this.#dearestUsd = Math.max(this.#dearestUsd, caseUsd);
  }
}
