import { isUtf8 } from "node:buffer";
import type { Problem } from "../diagnostics/diagnostics.ts";
import { FileReport } from "./file-report.ts";

/** In bytes; limits are whole numbers of them. */
export const MEBIBYTE = 1_048_576;

const MARK = "\uFEFF";
/** What YAML does not allow in a file: control characters but tab, line feed and U+0085. */
const CONTROL = /(?![\t\n\u0085])\p{Cc}/gu;

interface Decoded {
  readonly report: FileReport;
  /** Whether the text is one that YAML could be. */
  readonly readable: boolean;
}

/**
 * Decodes a file. CRLF is read as LF: Windows checkouts turn every line end into CRLF, and the same commit must give
 * the same content hash on every machine; refusing would stop such an author at every file.
 */
export function decode(file: string, bytes: Buffer): Decoded {
  if (!isUtf8(bytes)) return { report: invalidUtf8(file, bytes), readable: false };
  const decoded = bytes.toString("utf8");
  const marked = decoded.startsWith(MARK);
  const report = new FileReport(file, unixLines(marked ? decoded.slice(1) : decoded));
  if (marked) {
    report.add([0, 1], {
      code: "byte-order-mark",
      problem: "the file starts with a byte-order mark (U+FEFF)",
      expected: "UTF-8 without a byte-order mark",
      hint: 'Save it as "UTF-8", not "UTF-8 with BOM".',
    });
  }
  let readable = true;
  for (const { 0: character, index } of report.text.matchAll(CONTROL)) {
    readable = false;
    if (character === "\r") {
      report.add([index, index + 1], {
        code: "carriage-return",
        problem: "a carriage return stands alone, not before a line feed",
        expected: "lines that end in LF or CRLF",
        hint: 'In double quotes, \\r writes one: "a\\rb".',
      });
    } else {
      report.add([index, index + 1], {
        code: "control-character",
        problem: `the file holds the control character ${codePoint(character)}`,
        expected: "printable text, tabs and line breaks",
      });
    }
  }
  return { report, readable };
}

/** What to say of a file over the limit, which is not read. */
export function tooLarge(bytes: number, limit: number): Problem {
  return {
    code: "too-large",
    problem: `the file has ${bytes} bytes`,
    expected: `at most ${limit} (${limit / MEBIBYTE} MiB)`,
    hint: "Is it a prompt? Data belongs elsewhere.",
  };
}

/** A character's name as Unicode writes it, `U+0000`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function invalidUtf8(file: string, bytes: Buffer): FileReport {
  const bad = firstBadByte(bytes);
  const offset = unixLines(bytes.toString("utf8", 0, bad)).length;
  const report = new FileReport(file, unixLines(bytes.toString("utf8")));
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  report.add([offset, offset + 1], {
    code: "invalid-utf-8",
    problem: `the byte 0x${(bytes[bad] ?? 0).toString(16).padStart(2, "0")} is not valid UTF-8 here`,
    expected: "a file in UTF-8",
    hint: utf16 ? "It looks like UTF-16: save it as UTF-8." : "Save the file as UTF-8.",
  });
  return report;
}

/** Where the first sequence starts that is not valid UTF-8. */
function firstBadByte(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!isUtf8(bytes.subarray(at, at + length))) break;
    at += length;
  }
  return at;
}

function unixLines(text: string): string {
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}
