import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createPromptClient } from "@promptops/core";
import { contentHash } from "@promptops/core/domain";
import { dynamoLedger } from "@promptops/core/dynamo";
import type { Ledger } from "@promptops/core/ledger";
import {
  BackDoor,
  candidate,
  describeEngines,
  intent,
  type RawItem,
  S3Server,
  version,
} from "@promptops/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { catalogue, sync, verify } from "./index.ts";

const ID = "a.large";
const KEY = { pk: `${ID}#1`, sk: "version" };
const LARGE = candidate({ id: ID, template: `数え切れない ${"a large text\n".repeat(10_000)}{{message}}` });
const OTHER = candidate({ id: "b.large", template: `another ${"large text\n".repeat(10_000)}{{message}}` });

/** A place for blobs, and ways to it that do not go through a ledger. */
interface Place {
  readonly url: string;
  names(): readonly string[];
  change(name: string, text: string): void;
  remove(name: string): void;
  /** Takes the place out of reach. */
  fail(): void;
  close(): Promise<void>;
}

async function files(): Promise<Place> {
  const root = mkdtempSync(join(tmpdir(), "large-prompts-"));
  const folder = join(root, "blobs/sha256");
  return {
    url: pathToFileURL(root).href,
    names: () => readdirSync(folder),
    change: (name, text) => writeFileSync(join(folder, name), text),
    remove: (name) => rmSync(join(folder, name)),
    fail: () => {
      rmSync(root, { recursive: true });
      writeFileSync(root, "no folder any more");
    },
    close: async () => rmSync(root, { recursive: true, force: true }),
  };
}

async function s3(): Promise<Place> {
  const server = new S3Server("large-prompts");
  vi.stubEnv("AWS_ENDPOINT_URL_S3", await server.start());
  const prefix = "blobs/sha256/";
  return {
    url: "s3://large-prompts",
    names: () => [...server.objects.keys()].map((key) => key.slice(prefix.length)),
    change: (name, text) => server.objects.set(`${prefix}${name}`, Buffer.from(text)),
    remove: (name) => server.objects.delete(`${prefix}${name}`),
    fail: () => server.failNext("reset", 3),
    close: () => server.stop(),
  };
}

describeEngines(
  (newTable) => {
    describe.each([
      ["files", files],
      ["S3", s3],
    ] as const)("large prompts in %s", (_, open) => {
      let place: Place;
      let ledger: Ledger;
      let door: BackDoor;
      beforeEach(async () => {
        const table = await newTable();
        place = await open();
        ledger = dynamoLedger({ ...table, blobs: place.url });
        door = new BackDoor(table);
        vi.stubEnv("PROMPTOPS_TABLE", table.table);
        vi.stubEnv("PROMPTOPS_ENDPOINT", table.endpoint);
        vi.stubEnv("PROMPTOPS_BLOBS", place.url);
      });
      afterEach(async () => {
        vi.unstubAllEnvs();
        await place?.close();
      });

      const publish = async () => {
        const { events } = await sync(ledger, [LARGE, OTHER, version("c.small", 1)], intent);
        expect(events).toHaveLength(3);
      };
      const items = async () =>
        (await door.items()).filter(({ sk }) => sk === KEY.sk) as [RawItem, RawItem, RawItem];
      const misfits = async () => {
        const whole = (await verify(ledger)).misfits;
        expect((await verify(ledger, [ID])).misfits).toEqual(whole);
        return whole;
      };

      it("reads 20 MB as they were published", async () => {
        const template = `${"twenty megabytes of 字\n".repeat(850_000)}{{message}}`;
        const made = candidate({ id: ID, template });
        expect(Buffer.byteLength(template)).toBeGreaterThan(20_000_000);
        await sync(ledger, [made], intent);
        const prompt = await createPromptClient().get(ID);
        expect(prompt.contentHash).toBe(contentHash(made.definition));
        const { text } = prompt.render({ message: "the message" });
        expect(text === template.replace("{{message}}", "the message")).toBe(true);
        expect((await sync(ledger, [made], intent)).events).toEqual([]);
        expect(await misfits()).toEqual([]);
      });

      it("keeps the text of large ones alone outside, under its hash", async () => {
        await publish();
        const [large, other, small] = await items();
        const hashes = [LARGE, OTHER].map(({ definition }) => contentHash(definition));
        expect([large.blob, other.blob]).toEqual(hashes);
        expect([large.definition, other.definition, small.blob]).toEqual([undefined, undefined, undefined]);
        expect(place.names().toSorted()).toEqual(hashes.toSorted());
        expect((await catalogue(ledger)).map(({ definition }) => definition)).toEqual([
          LARGE.definition,
          OTHER.definition,
          version("c.small", 1).definition,
        ]);
        expect(await misfits()).toEqual([]);
      });

      it("finds a text that was changed, and names the version", async () => {
        await publish();
        const [{ blob }] = await items();
        place.change(blob, JSON.stringify(LARGE.definition));
        expect(await misfits()).toEqual([
          { ...KEY, problem: `the stored content of ${KEY.pk} is not what was published` },
        ]);
        await expect(createPromptClient().get(ID)).rejects.toMatchObject({ code: "corrupt-content" });
      });

      it("finds a text that was removed, and names the version", async () => {
        await publish();
        const [{ blob }] = await items();
        place.remove(blob);
        expect(await misfits()).toEqual([
          { ...KEY, problem: `the stored content of ${KEY.pk} is missing from where it is kept` },
        ]);
        await expect(createPromptClient().get(ID)).rejects.toMatchObject({ code: "corrupt-content" });
      });

      it.each<[string, (large: RawItem, other: RawItem) => Record<string, unknown>]>([
        ["led to another text that is there", (_, { blob }) => ({ blob })],
        [
          "led to another text with the hash of that",
          (_, { blob, contentHash: hash }) => ({ blob, contentHash: hash }),
        ],
        ["led nowhere", () => ({ blob: "0".repeat(64) })],
        ["led out of the folder", () => ({ blob: "../../../etc/passwd" })],
        ["given a text as well", () => ({ definition: "{}" })],
        ["given the text itself as well", () => ({ definition: JSON.stringify(LARGE.definition) })],
        ["left with no text at all", () => ({ blob: undefined })],
      ])("finds an item that was %s, and names it", async (__, change) => {
        await publish();
        const [large, other] = await items();
        const changed = Object.entries({ ...large, ...change(large, other) });
        await door.put(Object.fromEntries(changed.filter(([, value]) => value !== undefined)) as RawItem);
        expect(await misfits()).toEqual([{ ...KEY, problem: expect.any(String) }]);
      });

      it("does not take a place that cannot be reached for one that was changed", async () => {
        await publish();
        place.fail();
        await expect(verify(ledger, [ID])).rejects.toMatchObject({ code: "unreachable" });
      });

      it("says what is missing when nobody said where the texts are", async () => {
        await publish();
        vi.stubEnv("PROMPTOPS_BLOBS", "");
        await expect(createPromptClient().get(ID)).rejects.toMatchObject({ code: "no-blobs-named" });
        expect((await createPromptClient().get("c.small")).version).toBe(1);
      });
    });

    it("is refused without a place for it, and the refusal says how to name one", async () => {
      const large = candidate({ id: ID, template: "x".repeat(500_000) });
      const { steps } = await sync(dynamoLedger(await newTable()), [large], intent);
      expect(steps).toMatchObject([
        { refusal: { code: "item-too-large", hint: expect.stringContaining("PROMPTOPS_BLOBS") } },
      ]);
    });
  },
  ["dynoxide"],
);
