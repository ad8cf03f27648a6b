import type { Readable } from "node:stream";

/** What the bootstrap writes when it is about to be frozen: all that the function said before is in front of it. */
const MARK = "\0frozen\0";

/** The lines that a process writes to a pipe. */
export class LogStream {
  readonly #onLine: (line: string) => void;
  #text = "";
  #marks = 0;
  #waiting: (() => void) | undefined;

  constructor(pipe: Readable, onLine: (line: string) => void) {
    this.#onLine = onLine;
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk: string) => this.#take(chunk));
    pipe.on("end", () => this.#flush());
  }

  /** Waits for the next mark. Lines before it have been told by then. */
  async marked(): Promise<void> {
    if (this.#marks === 0) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    this.#marks -= 1;
  }

  #take(chunk: string): void {
    this.#text += chunk;
    for (let at = this.#text.indexOf(MARK); at >= 0; at = this.#text.indexOf(MARK)) {
      const rest = this.#text.slice(at + MARK.length);
      this.#text = this.#text.slice(0, at);
      this.#flush();
      this.#text = rest;
      this.#marks += 1;
      this.#waiting?.();
      this.#waiting = undefined;
    }
    const lines = this.#text.split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
  }

  /** Tells all there is, a last line without an end as well. */
  #flush(): void {
    const lines = this.#text.split("\n");
    this.#text = "";
    if (lines.at(-1) === "") lines.pop();
    for (const line of lines) this.#onLine(line);
  }
}
