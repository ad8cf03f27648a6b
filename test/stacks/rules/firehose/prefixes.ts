import { partitionKeys } from "../partition-query.ts";
import type { Rule } from "../rule.ts";
import { GUIDE } from "./sources.ts";
import { type DeliveryStream, isPartitioned, parameterOf, processorsOf } from "./stream.ts";

/** Of dynamic partitioning, and of the prefixes that keys are in. */
export const PREFIX_RULES: readonly Rule<DeliveryStream>[] = [
  {
    says: "dynamic partitioning has a query or a function that makes the keys",
    source: `${GUIDE}/dynamic-partitioning-partitioning-keys.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isPartitioned(s3) || processorsOf(s3).some(({ type }) => /^(?:MetadataExtraction|Lambda)$/.test(type)),
  },
  {
    says: "dynamic partitioning has prefixes, for what is delivered and for what is not",
    source: `${GUIDE}/dynamic-partitioning-error-handling.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      !isPartitioned(s3) || (s3.prefix !== undefined && s3.errorOutputPrefix !== undefined),
  },
  {
    says: "the keys that a query makes are those of the prefix, each of them",
    source: `${GUIDE}/dynamic-partitioning-s3bucketprefix.html`,
    holds: ({ extendedS3Configuration: s3 }) => {
      const query = parameterOf(s3, "MetadataExtraction", "MetadataExtractionQuery");
      const made = query === undefined ? [] : keysOf(query);
      const used = expressionsOf(s3.prefix).flatMap(([space, value]) =>
        space === "partitionKeyFromQuery" ? [value] : [],
      );
      return made?.toSorted().join() === [...new Set(used)].toSorted().join();
    },
  },
  {
    says: "keys are in a prefix only with dynamic partitioning",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: s3 }) =>
      isPartitioned(s3) || !expressionsOf(s3.prefix).some(([space]) => space.startsWith("partitionKeyFrom")),
  },
  {
    says: "!{ begins an expression, of a namespace that there is",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      [prefix, errorOutputPrefix].every(
        (text = "") =>
          !text
            .replaceAll(/!\{(?:timestamp|partitionKeyFrom(?:Query|Lambda)):[^{}]+\}/g, "")
            .replaceAll(/!\{firehose:(?:error-output-type|random-string)\}/g, "")
            .includes("!{"),
      ),
  },
  {
    says: "with expressions in the prefix, there is a prefix for errors",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      expressionsOf(prefix).length === 0 || errorOutputPrefix !== undefined,
  },
  {
    says: "a prefix for errors that has expressions has the type of error",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { errorOutputPrefix } }) => {
      const found = expressionsOf(errorOutputPrefix);
      return found.length === 0 || found.some(([, value]) => value === "error-output-type");
    },
  },
  {
    says: "the type of error is in the prefix for errors alone, and keys are not",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      !expressionsOf(prefix).some(([, value]) => value === "error-output-type") &&
      !expressionsOf(errorOutputPrefix).some(([space]) => space.startsWith("partitionKeyFrom")),
  },
  {
    says: "a prefix ends where a folder does",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix, errorOutputPrefix } }) =>
      [prefix, errorOutputPrefix].every((text) => text === undefined || text.endsWith("/")),
  },
  {
    says: "a prefix has at most 512 characters, or 1024 before it is evaluated",
    source: `${GUIDE}/s3-prefixes.html`,
    holds: ({ extendedS3Configuration: { prefix = "", errorOutputPrefix = "" } }) =>
      [prefix, errorOutputPrefix].every(
        (text) => text.length <= 1024 && text.replaceAll(/!\{[^}]*\}/g, "").length <= 512,
      ),
  },
];

function expressionsOf(prefix = ""): readonly (readonly [namespace: string, value: string])[] {
  return [...prefix.matchAll(/!\{(\w+):([^}]*)\}/g)].map(([, space = "", value = ""]) => [space, value]);
}

/** The names of the keys that a query makes; undefined for a query that is not understood. */
function keysOf(query: string): readonly string[] | undefined {
  try {
    return partitionKeys(query).map(({ name }) => name);
  } catch {
    return undefined;
  }
}
