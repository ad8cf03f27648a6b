import { GetBucketPolicyCommand, GetBucketVersioningCommand } from "@aws-sdk/client-s3";
import type { StageOutputs } from "../outputs.ts";
import { objectsArn } from "./arns.ts";
import { ask } from "./ask.ts";
import type { Examination } from "./examination.ts";
import { type Finding, findingsOf, redeploy } from "./finding.ts";
import { type Condition, parsePolicy, sparedBy } from "./policy-document.ts";

/** A put that may overwrite: it does not say If-None-Match. */
const OVERWRITING: Condition = ["Null", "s3:if-none-match", "true"];

/** What nobody may do with an object. */
const FORBIDDEN: readonly { readonly action: string; readonly means: string; readonly only?: Condition }[] = [
  { action: "s3:DeleteObject", means: "s3:DeleteObject" },
  { action: "s3:DeleteObjectVersion", means: "s3:DeleteObjectVersion" },
  { action: "s3:PutObject", means: "s3:PutObject over an object", only: OVERWRITING },
];

/** What AWS says of the bucket of large prompts. */
interface BlobsAnswers {
  readonly bucket: string;
  /** Undefined where there is no bucket. */
  readonly versioning: string | undefined;
  readonly policy: string | undefined;
}

export async function checkBlobs({ outputs, clients, signal }: Examination): Promise<readonly Finding[]> {
  const bucket = new URL(outputs.blobs).hostname;
  const options = { abortSignal: signal };
  const [versioning, policy] = await Promise.all([
    ask(
      "s3:GetBucketVersioning",
      clients.s3.send(new GetBucketVersioningCommand({ Bucket: bucket }), options),
      ["NoSuchBucket"],
    ),
    ask("s3:GetBucketPolicy", clients.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }), options), [
      "NoSuchBucketPolicy",
      "NoSuchBucket",
    ]),
  ]);
  // A bucket that never had versions answers nothing.
  const status = versioning === undefined ? undefined : (versioning.Status ?? "off");
  return judgeBlobs({ bucket, versioning: status, policy: policy?.Policy }, outputs);
}

/** Whether what is in the bucket of large prompts stays there, as it was written. */
export function judgeBlobs(
  { bucket, versioning, policy }: BlobsAnswers,
  outputs: StageOutputs,
): readonly Finding[] {
  const { fine, wrong } = findingsOf("blobs");
  const mend = redeploy(outputs);
  if (versioning === undefined) {
    return [wrong(`there is no bucket ${bucket}: large prompts cannot be read`, mend)];
  }
  const statements = policy === undefined ? [] : parsePolicy(policy);
  const spared = FORBIDDEN.map(({ action, means, only }) => ({
    means,
    roles: sparedBy(statements, action, objectsArn(outputs, bucket), only),
  }));
  const open = spared.filter(({ roles }) => roles === undefined).map(({ means }) => means);
  const strangers = new Set(spared.flatMap(({ roles = [] }) => roles));
  if (outputs.breakGlassRole !== undefined) strangers.delete(outputs.breakGlassRole);
  const faults: Finding[] = [];
  if (versioning !== "Enabled") {
    faults.push(wrong(`${bucket} keeps no versions of objects (${versioning})`, mend, { versioning }));
  }
  if (open.length > 0) {
    faults.push(
      wrong(`the policy of ${bucket} does not deny everybody ${open.join(", ")}`, mend, { actions: open }),
    );
  }
  for (const role of strangers) {
    faults.push(wrong(`the policy of ${bucket} spares ${role}`, mend, { role }));
  }
  return faults.length > 0 ? faults : [fine(`${bucket} keeps versions, and nobody deletes or overwrites`)];
}
