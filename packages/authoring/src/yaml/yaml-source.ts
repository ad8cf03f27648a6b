import { isMap, isPair, isScalar, isSeq, type Node, parseDocument, type Scalar, type YAMLMap } from "yaml";
import type { FileReport, Place } from "./file-report.ts";
import { isMapping, type Path } from "./path.ts";
import { rangeOf } from "./scalar-offsets.ts";
import { endlessNesting } from "./yaml-nesting.ts";
import { reportSyntax } from "./yaml-syntax.ts";
import { YamlValues } from "./yaml-values.ts";

/** The mapping that a file holds, as a plain value, with a way back from each value to its place. */
export interface YamlSource {
  readonly value: Readonly<Record<string, unknown>>;
  /** Whole numbers not written as digits alone, such as 2.0 and 0x2. */
  readonly oddIntegers: readonly { readonly path: Path; readonly source: string }[];
  /** Whether a problem of this value, or of one that holds it, was reported while it was read. */
  isReported(path: Path): boolean;
  /** Where a value was written; its key where it has no value; the nearest thing that holds it where it is absent. */
  placeOf(path: Path): Place;
  /** Where a key was written. */
  placeOfKey(path: Path): Place;
  scalarAt(path: Path): Scalar | undefined;
}

/**
 * Reads a file as YAML 1.2 and reports everything in it that no file may hold, whatever its fields.
 *
 * @param fields those that it should hold, for a file that holds none: "id and version".
 * @returns the mapping; `undefined` where the file is not one.
 */
export function readYaml(report: FileReport, fields: string): YamlSource | undefined {
  const endless = endlessNesting(report.text);
  if (endless) {
    report.add(endless, { code: "too-deep", problem: "this is nested too deeply to be read" });
    return undefined;
  }
  const document = parseDocument(report.text, {
    version: "1.2",
    schema: "core",
    strict: true,
    // Found here instead: the parser compares each key with all others of its mapping, a minute's work for a hostile file.
    uniqueKeys: false,
    prettyErrors: false,
    // Lower levels leave out the error about a second document.
    logLevel: "error",
  });
  if (document.errors.length > 0) {
    reportSyntax(report, document);
    return undefined;
  }
  const directive = document.directives.docStart ? /^%.*/m.exec(beforeStart(report.text)) : null;
  if (directive) {
    report.add([directive.index, directive.index + directive[0].length], {
      code: "directive",
      problem: "a YAML directive",
      expected: "plain YAML 1.2, which needs none",
      hint: "Remove this line.",
    });
    return undefined;
  }
  const top: Node | null = document.contents;
  const values = new YamlValues(report);
  const value = values.read(top, []);
  if (!isMap(top)) {
    reportTop(report, top, fields);
    return undefined;
  }
  if (!isMapping(value)) return undefined;
  const nodeAt = (path: Path) => path.reduce<unknown>((node, step) => valueNode(childOf(node, step)), top);
  const placeOf = (path: Path): Place => {
    const node = nodeAt(path);
    if (node !== undefined && !isEmpty(node)) return rangeOf(node);
    return path.length === 0 ? rangeOf(top) : placeOfKey(path);
  };
  const placeOfKey = (path: Path): Place => {
    const child = childOf(nodeAt(path.slice(0, -1)), path.at(-1) ?? "");
    if (isPair(child)) return rangeOf(child.key);
    if (child !== undefined) return rangeOf(child);
    return path.length <= 1 ? firstKeyOf(top) : placeOfKey(path.slice(0, -1));
  };
  return {
    value,
    oddIntegers: values.oddIntegers,
    isReported: (path) => values.isReported(path),
    placeOf,
    placeOfKey,
    scalarAt(path) {
      const node = nodeAt(path);
      return isScalar(node) ? node : undefined;
    },
  };
}

function reportTop(report: FileReport, top: Node | null, fields: string): void {
  if (top === null || isEmpty(top)) {
    report.add([0, 0], {
      code: "empty-file",
      problem: "the file is empty",
      expected: fields,
    });
  } else {
    report.add(rangeOf(top), {
      code: "not-a-mapping",
      problem: `the file holds ${isSeq(top) ? "a list" : "a single value"}, not fields`,
      expected: `"field: value" lines: ${fields}`,
    });
  }
}

function childOf(node: unknown, step: string | number): unknown {
  if (isMap(node)) return node.items.find(({ key }) => isScalar(key) && key.value === step);
  return isSeq(node) && typeof step === "number" ? node.items[step] : undefined;
}

function valueNode(child: unknown): unknown {
  return isPair(child) ? child.value : child;
}

/** Whether nothing was written for a value. */
function isEmpty(node: unknown): boolean {
  if (node === null) return true;
  const [from, to] = rangeOf(node);
  return isScalar(node) && node.value === null && from === to;
}

function firstKeyOf(map: YAMLMap<unknown, unknown>): Place {
  const first = map.items[0];
  return rangeOf(first ? first.key : map);
}

/** What stands before the `---` line. */
function beforeStart(text: string): string {
  return text.slice(0, text.search(/^---/m));
}
