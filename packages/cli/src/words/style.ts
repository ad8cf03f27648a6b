import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Colour where stdout is a terminal that wants it; `NO_COLOR` and `FORCE_COLOR` count. */
const paint = (format: Format) => (text: string) => styleText(format, text, { stream: process.stdout });

export const style = {
  good: paint("green"),
  bad: paint("red"),
  warn: paint("yellow"),
  dim: paint("dim"),
  strong: paint("bold"),
};
