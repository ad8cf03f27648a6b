import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { ask } from "./ask.ts";
import { type Heard, judgeClock } from "./clock.ts";
import type { Examination } from "./examination.ts";
import type { Finding } from "./finding.ts";
import { judgeIdentity } from "./identity.ts";
import { judgeUnanswered } from "./unanswered.ts";

/** Identity and clock: both are in one answer, and the clock is in a refusal too. */
export async function checkCaller({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const command = new GetCallerIdentityCommand({});
  let heard: Heard = { theirs: undefined, ours: new Date() };
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      heard = { theirs: headers?.date === undefined ? undefined : new Date(headers.date), ours: new Date() };
      return result;
    },
    // Low is nearest to the wire: before an error is made of the answer, and for each attempt.
    { step: "deserialize", priority: "low", name: "hearClock" },
  );
  try {
    const answer = await ask("sts:GetCallerIdentity", clients.sts.send(command, { abortSignal: signal }), []);
    return [judgeIdentity(answer ?? {}, outputs), judgeClock(heard)];
  } catch (error) {
    const { name, message } = (error as Error).cause as Error;
    return [judgeUnanswered("identity", error), judgeClock({ ...heard, refusal: { name, message } })];
  }
}
