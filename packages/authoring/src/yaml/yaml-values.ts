import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from "yaml";
import type { Problem } from "../diagnostics/diagnostics.ts";
import type { FileReport, Place } from "./file-report.ts";
import type { Path } from "./path.ts";
import { rangeOf } from "./scalar-offsets.ts";
import { flawOf } from "./text-flaws.ts";
import { aliasProblem, anchorProblem, keyProblem, numberProblem, structureAsKey } from "./yaml-problems.ts";
import { BRACES } from "./yaml-syntax.ts";

/** DynamoDB nests 32 levels, some of which the stored item needs itself. */
const MAX_DEPTH = 24;
/** Words that many YAML readers (those of YAML 1.1) take for true or false, and that are text to YAML 1.2. */
const AMBIGUOUS = /^(?:yes|no|on|off)$/i;

/** Turns YAML nodes into plain JSON values, reporting whatever JSON, or another YAML reader, would take differently. */
export class YamlValues {
  readonly #report: FileReport;
  readonly #reported = new Set<string>();
  /** Whole numbers not written as digits alone, such as 2.0 and 0x2. */
  readonly oddIntegers: { readonly path: Path; readonly source: string }[] = [];

  constructor(report: FileReport) {
    this.#report = report;
  }

  /** Whether a problem was reported at this path or above it. */
  isReported(path: Path): boolean {
    return this.#reported.size > 0 && path.some((_, at) => this.#reported.has(keyOf(path.slice(0, at + 1))));
  }

  /** The value of a node; `undefined` where a problem leaves none. */
  read(node: unknown, path: Path): unknown {
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#refuse(rangeOf(node), path, aliasProblem(node));
    this.#checkProperties(node as Node, path);
    if (path.length > MAX_DEPTH) {
      return this.#refuse(rangeOf(node), path, {
        code: "too-deep",
        problem: `this is nested more than ${MAX_DEPTH} levels deep`,
      });
    }
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index]));
    if (isMap(node)) return this.#readMap(node, path);
    return isScalar(node) ? this.#readScalar(node, path) : undefined;
  }

  #readMap(map: YAMLMap<unknown, unknown>, path: Path): Record<string, unknown> | undefined {
    const [start, end] = rangeOf(map);
    if (this.#report.text.startsWith("{{", start)) {
      return this.#refuse([start, end], path, { ...BRACES, code: "key-type" });
    }
    const value: Record<string, unknown> = {};
    const keys = new Map<string, number>();
    for (const pair of map.items) {
      const key = this.#readKey(pair, path);
      if (key === undefined) continue;
      const first = keys.get(key);
      if (first !== undefined) {
        this.#report.add(rangeOf(pair.key), {
          code: "duplicate-key",
          problem: `"${key}" is here twice`,
          expected: "each key once",
          hint: `It is also on line ${this.#report.lineOf(first)}.`,
        });
        continue;
      }
      keys.set(key, rangeOf(pair.key)[0]);
      const read = this.read(pair.value, [...path, key]);
      if (read !== undefined) value[key] = read;
    }
    return value;
  }

  #readKey({ key }: Pair<unknown, unknown>, path: Path): string | undefined {
    const problem = isScalar(key) ? keyProblem(key) : structureAsKey(key);
    if (problem) this.#report.add(rangeOf(key), problem);
    if (problem || !isStringScalar(key)) return undefined;
    this.#checkProperties(key, path);
    const flaw = flawOf(this.#report.text, key);
    if (flaw) this.#report.add(flaw.place, flaw.problem);
    return flaw ? undefined : key.value;
  }

  #readScalar(scalar: Scalar, path: Path): unknown {
    const { value, source = "" } = scalar;
    if (typeof value === "number") {
      if (Number.isInteger(value) && !/^-?\d+$/.test(source)) this.oddIntegers.push({ path, source });
      if (Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))) {
        return value === 0 ? 0 : value;
      }
      return this.#refuse(rangeOf(scalar), path, numberProblem(value, source));
    }
    if (typeof value !== "string") return value;
    if (scalar.type === "PLAIN" && AMBIGUOUS.test(value)) {
      return this.#refuse(rangeOf(scalar), path, {
        code: "ambiguous-word",
        problem: `${value} without quotes is text to some YAML readers and true or false to others`,
        hint: `For text write "${value}", for a boolean true or false.`,
      });
    }
    const flaw = isStringScalar(scalar) ? flawOf(this.#report.text, scalar) : undefined;
    return flaw ? this.#refuse(flaw.place, path, flaw.problem) : value;
  }

  /** Anchors and tags, which stand before a node. */
  #checkProperties(node: Node & { anchor?: string; tag?: string }, path: Path): void {
    const [start] = rangeOf(node);
    if (node.anchor !== undefined) {
      const anchor = `&${node.anchor}`;
      const at = Math.max(0, this.#report.text.lastIndexOf(anchor, start));
      this.#refuse([at, at + anchor.length], path, anchorProblem(anchor));
    }
    if (node.tag !== undefined) {
      const before = this.#report.text.slice(0, start);
      const written = /!\S*\s*(?:&\S+\s*)?$/.exec(before.slice(-200));
      const at = written ? before.length - written[0].length : start;
      this.#refuse([at, at + (written ? written[0].trimEnd().length : 1)], path, {
        code: "tag",
        problem: "a YAML tag",
        expected: "plain values: text in quotes where it could be read as something else",
      });
    }
  }

  #refuse(place: Place, path: Path, problem: Problem): undefined {
    this.#reported.add(keyOf(path));
    this.#report.add(place, problem);
  }
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}

function isStringScalar(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === "string";
}
