import type {
  Draft,
  EventData,
  EventType,
  JsonValue,
  PromptDefinition,
  Ref,
  VersionMark,
} from "@promptops/core/domain";
import type { Item } from "@promptops/core/ledger";
import fc from "fast-check";

/** With objects as JSON.parse makes them: fast-check leaves out the prototype of some. */
function plain<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return arbitrary.map((value) => structuredClone(value));
}

/** Any character that UTF-8 can hold. fast-check's own takes seconds to set up. */
function characters(): fc.Arbitrary<string> {
  return fc
    .oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0, max: 0xd7ff }),
      fc.integer({ min: 0xe000, max: 0x10ffff }),
    )
    .map((code) => String.fromCodePoint(code));
}

/** Any Unicode text, most of it short. */
export function texts(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: characters() }),
    fc.string(),
    fc.constantFrom("", "line one\nline two", "数え切れない", '{"a": "\\u0000"}', "\u{1F600}\u0000\u2028"),
  );
}

export function promptIds(): fc.Arbitrary<string> {
  const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
  const part = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-"));
  return fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join("."));
}

export function versionNumbers(): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 999_999_999 }));
}

export function refs(): fc.Arbitrary<Ref> {
  return plain(fc.record({ id: promptIds(), version: versionNumbers() }));
}

function hashes(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[0-9a-f]{64}$/);
}

function marks(): fc.Arbitrary<VersionMark> {
  return fc.record({ version: fc.integer({ min: 1, max: 20 }), contentHash: hashes() });
}

/** Shares of a pin: one version or several, with weights. */
export function shares() {
  const share = fc.record({
    version: fc.integer({ min: 1, max: 20 }),
    contentHash: hashes(),
    weight: fc.integer({ min: 1, max: 100 }),
  });
  return plain(fc.uniqueArray(share, { minLength: 1, maxLength: 4, selector: ({ version }) => version }));
}

/** Every type of event, with data of the right shape, in no sensible order. */
export function drafts(): fc.Arbitrary<Draft> {
  const channel = fc.constantFrom("live", "canary", "constructor", "to-string");
  const commit = fc.option(fc.stringMatching(/^[0-9a-f]{40}$/));
  const forced = fc.boolean();
  const published = fc.record({
    itemHash: hashes(),
    owner: texts(),
    parent: fc.option(fc.constant("support.classifier#1")),
    commit,
    gates: fc.uniqueArray(channel, { maxLength: 2 }),
  });
  const count = fc.nat(10_000);
  const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
  const evaluation = fc.record({
    pass: fc.boolean(),
    suiteHash: hashes(),
    model: texts(),
    provider: texts(),
    cases: count,
    passed: count,
    accuracy: share,
    low: share,
    high: share,
    inputTokens: count,
    outputTokens: count,
    costUsd: fc.option(share),
    commit,
  });
  const marked = <T>(rest: fc.Arbitrary<T>) =>
    fc.tuple(marks(), rest).map(([mark, others]) => ({ ...mark, ...others }));
  const data: { [T in EventType]: fc.Arbitrary<EventData[T]> } = {
    PromptPublished: marked(published),
    PromptPinned: fc.record({ channel, versions: shares(), rollback: fc.boolean(), forced }),
    PromptUnpinned: fc.record({ channel }),
    PromptRetired: fc.record({ forced }),
    PromptRestored: fc.constant({}),
    GatesChanged: fc.record({ channels: fc.uniqueArray(channel, { maxLength: 2 }) }),
    EvaluationRecorded: marked(evaluation),
  };
  const of = Object.entries(data).map(([type, arbitrary]) =>
    (arbitrary as fc.Arbitrary<unknown>).map((made) => ({ type, data: made }) as Draft),
  );
  return plain(fc.oneof(...of));
}

/**
 * JSON as DynamoDB can hold it and give back the same: whole numbers up to 2^53, others between 1e-100 and 1e100,
 * no negative zero, names of a character at least, nesting well below its 32 levels.
 */
export function storableJson(): fc.Arbitrary<JsonValue> {
  const numbers = fc.oneof(
    fc.maxSafeInteger(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
      .filter((value) => value === 0 || Math.abs(value) > 1e-100)
      .map((value) => value + 0),
  );
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, depthSize: "small", withCrossShrink: true },
      fc.oneof(texts(), numbers, fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(names(), tie("value"), { maxKeys: 4 }),
    ),
  }));
  return plain(value);
}

function names(): fc.Arbitrary<string> {
  return fc
    .oneof(
      fc.string({ minLength: 1, maxLength: 12 }),
      fc.constantFrom("constructor", "toString", "order", "0"),
      fc.string({ unit: characters(), minLength: 1, maxLength: 4 }),
    )
    .filter((name) => name !== "__proto__");
}

/** An item of any content under the given key, none of it in an index. */
export function items(key: { readonly pk: string; readonly sk: string }): fc.Arbitrary<Item> {
  const name = fc.constantFrom("state", "data", "value", "order", "zone", "naïve");
  return plain(fc.dictionary(name, storableJson()).map((rest) => ({ ...rest, ...key })));
}

/** Definitions of all shapes, with templates that use their variables. */
export function definitions(): fc.Arbitrary<PromptDefinition> {
  const variable = fc.record(
    {
      type: fc.constant("string" as const),
      required: fc.boolean(),
      default: texts(),
      description: texts(),
    },
    { requiredKeys: ["type", "required"] },
  );
  const rest = fc.record(
    {
      owner: texts(),
      model: texts(),
      tags: fc.array(texts(), { maxLength: 4 }),
      parent: refs().map(({ id, version }) => `${id}#${version}`),
      description: texts(),
      metrics: fc.dictionary(
        fc.constantFrom("baseline_accuracy", "cost_per_call_usd"),
        fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      ),
      variables: fc.dictionary(fc.constantFrom("name", "tone", "_x1"), variable),
      parameters: fc.dictionary(fc.constantFrom("temperature", "stop"), storableJson()),
      template: texts(),
    },
    { requiredKeys: ["owner", "model", "tags", "template"] },
  );
  return plain(fc.tuple(refs(), rest).map(([ref, fields]) => ({ ...ref, ...fields })));
}
