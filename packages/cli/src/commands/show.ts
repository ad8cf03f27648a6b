import { formatRef } from "@promptops/core/domain";
import type { Context } from "../context.ts";
import type { Outcome } from "../outcome.ts";
import { findPrompt } from "../prompt.ts";
import { bodyText, fieldLines } from "../words/definition.ts";
import { style } from "../words/style.ts";

export async function show(
  context: Context,
  typed: string,
  options: { readonly channel: string },
): Promise<Outcome> {
  const { record, definition } = await findPrompt(context, typed, options.channel);
  const { source, at, seq, contentHash, created, updated } = record;
  const provenance: readonly (readonly [string, string | undefined])[] = [
    ["created", created],
    ["updated", updated],
    ["published", `${at} (sequence ${seq})`],
    ["commit", source.commit],
    ["author", source.author],
    ["file", source.path],
    ["repo", source.repo],
    ["branch", source.branch],
    ["run", source.runUrl],
    ["content hash", contentHash],
  ];
  const lines = provenance.flatMap(([name, value]) =>
    value === undefined ? [] : [`${style.dim(`${name}:`)} ${value}`],
  );
  return {
    json: {
      ref: formatRef(record),
      ...definition,
      created,
      updated,
      contentHash,
      publishedAt: at,
      seq,
      source,
    },
    text: [
      style.strong(formatRef(record)),
      ...fieldLines(definition),
      ...lines,
      "",
      bodyText(definition),
    ].join("\n"),
  };
}
