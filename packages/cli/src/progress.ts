/** Says how far long work is, on a terminal; silent in a pipe. */
export interface Progress {
  update(words: string): void;
  end(): void;
}

/** Progress on one line of stderr that is written over, at most every 100 ms. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update() {}, end() {} };
  let shownAt = 0;
  let shown = false;
  return {
    update(words) {
      if (Date.now() - shownAt < 100) return;
      shownAt = Date.now();
      shown = true;
      stream.write(`\r\u001b[K${words}`);
    },
    end() {
      if (shown) stream.write("\r\u001b[K");
      shown = false;
    },
  };
}
