import { Scalar } from "yaml";
import type { Place } from "./file-report.ts";

/** What folding and indentation may add to a scalar's value or take from it; everything else is kept in order. */
function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x0a || code === 0x09;
}

/** A stretch of a scalar as written, and how many characters of the value (blanks apart) it stands for. */
interface Unit {
  readonly offset: number;
  readonly length: number;
  readonly visible: number;
}

/**
 * Where the characters of a scalar's value were written.
 *
 * YAML changes only blanks between value and source (indentation, folding), so the n-th character that is not blank
 * in the value is the n-th in the source, once escapes are counted as what they stand for.
 *
 * @returns a function from the offset of a character that is not blank, in UTF-16 code units of the value, to its place
 *   in `text`. It goes on from where it was, so offsets that ascend cost one way through the text, however long that is.
 */
export function writtenPlaces(text: string, scalar: Scalar): (offset: number) => Place {
  let places = placesOf(text, scalar);
  let here = places.next();
  return (offset) => {
    if (here.done || here.value.at > offset) {
      places = placesOf(text, scalar);
      here = places.next();
    }
    while (!here.done && here.value.at < offset) here = places.next();
    return here.done || here.value.at > offset ? rangeOf(scalar) : here.value.place;
  };
}

/** Each character of the value that is not blank, in order, with its place. */
function* placesOf(text: string, scalar: Scalar): Generator<{ readonly at: number; readonly place: Place }> {
  const value = String(scalar.value);
  let at = 0;
  for (const { offset, length, visible } of unitsOf(text, scalar)) {
    for (let count = 0; count < visible; count += 1) {
      while (at < value.length && isBlank(value, at)) at += 1;
      yield { at, place: [offset, offset + length] };
      at += 1;
    }
  }
}

/** Where a node was written, anchors and tags apart. */
export function rangeOf(node: unknown): Place {
  const range = (node as { range?: readonly [number, number, number] | null }).range;
  return range ? [range[0], range[1]] : [0, 0];
}

function* unitsOf(text: string, scalar: Scalar): Generator<Unit> {
  const [start, end] = rangeOf(scalar);
  switch (scalar.type) {
    case Scalar.BLOCK_LITERAL:
    case Scalar.BLOCK_FOLDED:
      yield* plainUnits(text, text.indexOf("\n", start) + 1, end);
      break;
    case Scalar.QUOTE_SINGLE:
      yield* singleQuotedUnits(text, start + 1, end - 1);
      break;
    case Scalar.QUOTE_DOUBLE:
      yield* doubleQuotedUnits(text, start + 1, end - 1);
      break;
    default:
      yield* plainUnits(text, start, end);
  }
}

function* plainUnits(text: string, start: number, end: number): Generator<Unit> {
  for (let offset = start; offset < end; offset += 1) yield written(text, offset);
}

function* singleQuotedUnits(text: string, start: number, end: number): Generator<Unit> {
  for (let offset = start; offset < end; offset += 1) {
    if (text.startsWith("''", offset)) {
      yield { offset, length: 2, visible: 1 };
      offset += 1;
    } else {
      yield written(text, offset);
    }
  }
}

/** How long an escape is after its backslash and letter. */
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function* doubleQuotedUnits(text: string, start: number, end: number): Generator<Unit> {
  for (let offset = start; offset < end; offset += 1) {
    if (text[offset] !== "\\") {
      yield written(text, offset);
      continue;
    }
    const letter = text.charAt(offset + 1);
    const digits = HEX_DIGITS[letter];
    if (digits === undefined) {
      yield { offset, length: 2, visible: "nt \t\n".includes(letter) ? 0 : 1 };
      offset += 1;
    } else {
      const length = 2 + digits;
      const code = Number.parseInt(text.slice(offset + 2, offset + length), 16);
      const visible = code > 0xffff ? 2 : isBlank(String.fromCharCode(code), 0) ? 0 : 1;
      yield { offset, length, visible };
      offset += length - 1;
    }
  }
}

function written(text: string, offset: number): Unit {
  return { offset, length: 1, visible: isBlank(text, offset) ? 0 : 1 };
}
