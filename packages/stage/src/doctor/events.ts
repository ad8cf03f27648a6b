import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import type { StageOutputs } from "../outputs.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";

/** How far back the newest event is looked for. */
const DAYS = 30;
const DAY_MS = 86_400_000;

/** What lies in the lake. */
export interface LakeAnswers {
  /** Undefined where nothing was laid there in {@link DAYS} days. */
  readonly newest: StoredObject | undefined;
  /** Objects of the last day that hold what Firehose could not lay there. */
  readonly errors: readonly StoredObject[];
}

interface StoredObject {
  readonly key: string;
  readonly at: Date;
}

/** Three requests for the newest event, and one for each kind of error that there is, and one more. */
export async function checkEvents(examination: Examination): Promise<readonly Finding[]> {
  const now = new Date();
  const answers = await ask(
    "s3:ListBucket",
    Promise.all([newestEvent(examination, now), freshErrors(examination, now)]),
    ["NoSuchBucket"],
  );
  const lake = answers && { newest: answers[0], errors: answers[1] };
  return judgeEvents(lake, now, examination.outputs);
}

async function newestEvent(examination: Examination, now: Date): Promise<StoredObject | undefined> {
  const since = dayOf(new Date(now.getTime() - DAYS * DAY_MS));
  const days = await foldersIn(examination, "events/", `events/dt=${since}`);
  // A program with a wrong clock may write into any day, or none.
  const latest = `events/dt=${dayOf(new Date(now.getTime() + DAY_MS))}/`;
  const day = days.findLast((folder) => folder <= latest);
  if (day === undefined) return undefined;
  const hour = (await foldersIn(examination, day)).at(-1);
  const objects = await objectsIn(examination, { Prefix: hour ?? day });
  return objects.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
}

async function freshErrors(examination: Examination, now: Date): Promise<readonly StoredObject[]> {
  const since = new Date(now.getTime() - DAY_MS);
  const kinds = await foldersIn(examination, "errors/");
  const found = await Promise.all(
    kinds.map((Prefix) => objectsIn(examination, { Prefix, StartAfter: `${Prefix}dt=${dayOf(since)}` })),
  );
  return found.flat().filter(({ at }) => at >= since);
}

/** The folders right in a folder, in their order. There are at most 1,000. */
async function foldersIn(
  { outputs, clients, signal }: Examination,
  Prefix: string,
  StartAfter?: string,
): Promise<readonly string[]> {
  const command = new ListObjectsV2Command({ Bucket: outputs.lake, Prefix, StartAfter, Delimiter: "/" });
  const { CommonPrefixes = [] } = await clients.s3.send(command, { abortSignal: signal });
  return CommonPrefixes.flatMap(({ Prefix: folder }) => folder ?? []);
}

async function objectsIn(
  { outputs, clients, signal }: Examination,
  input: Omit<ListObjectsV2CommandInput, "Bucket">,
): Promise<readonly StoredObject[]> {
  const pages = paginateListObjectsV2(
    { client: clients.s3 },
    { Bucket: outputs.lake, ...input },
    {
      abortSignal: signal,
    },
  );
  const answers = await Array.fromAsync(pages);
  return answers
    .flatMap(({ Contents = [] }) => Contents)
    .flatMap(({ Key: key, LastModified: at }) => (key === undefined || at === undefined ? [] : { key, at }));
}

/** How fresh the events in the lake are, and whether some did not get there. That nobody calls is not wrong. */
export function judgeEvents(
  answers: LakeAnswers | undefined,
  now: Date,
  outputs: StageOutputs,
): readonly Finding[] {
  const { fine, wrong } = findingsOf("events");
  const { lake } = outputs;
  if (answers === undefined) {
    return [wrong(`there is no bucket ${lake}: events are lost`, redeploy(outputs))];
  }
  const { newest, errors } = answers;
  const faults = [...Map.groupBy(errors, ({ key }) => key.slice(0, key.lastIndexOf("/") + 1))].map(
    ([prefix, objects]) => {
      const count = objects.length;
      const some = count === 1 ? "1 object" : `${count} objects`;
      return wrong(
        `events did not get into the lake: ${some} of the last day in s3://${lake}/${prefix}`,
        `Each line says why (errorMessage) and has the event (rawData, Base64): aws s3 cp s3://${lake}/${objects[0]?.key} -`,
        { prefix, count },
      );
    },
  );
  if (faults.length > 0) return faults;
  if (newest === undefined) {
    return [fine(`none in the last ${DAYS} days: nobody called, or no log group leads to the lake`)];
  }
  const age = now.getTime() - newest.at.getTime();
  return [
    fine(`the newest came ${words(age)} ago; no errors in the last day`, {
      newest: newest.at.toISOString(),
      key: newest.key,
    }),
  ];
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function words(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
