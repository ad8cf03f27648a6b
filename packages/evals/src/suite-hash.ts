import { canonicalJson, type Suite, sha256 } from "@promptops/core/domain";

/**
 * SHA-256 of everything in a suite that its result depends on: not of `concurrency`. Two runs with one suite hash were
 * measured by the same cases in the same way.
 */
export function suiteHash({ concurrency: _, ...suite }: Suite): string {
  const { keywords } = suite;
  if (keywords === undefined) return sha256(canonicalJson(suite));
  // Canonical JSON sorts keys, and the order of labels breaks ties: keep it in the hash.
  const labels = Object.entries(keywords.labels);
  return sha256(canonicalJson({ ...suite, keywords: { ...keywords, labels } }));
}
