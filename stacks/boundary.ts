/// <reference path="../.sst/platform/config.d.ts" />
import { OVERWRITES } from "@promptops/stage/ledger-policy";
import { nameOf, type Stage } from "./stage.ts";

/** The name of the boundary, which those who make roles must give them. */
export const boundaryName = (stage: Stage) => nameOf(stage, "boundary");

/**
 * What no service of this stage may do, whatever its role's own policies say: append to the ledger, or change who may do
 * what. So who may make roles for services, as deployments do, cannot give them that. The roles of workflows are not among them.
 */
export function createBoundary(stage: Stage): void {
  const deny = (actions: readonly string[], ...resources: readonly string[]) => ({
    effect: "Deny",
    actions: [...actions],
    resources: [...resources],
  });
  const boundary = new aws.iam.Policy("Boundary", {
    name: boundaryName(stage),
    description: "What no service of this stage may do",
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        { actions: ["*"], resources: ["*"] },
        deny(
          ["dynamodb:PartiQLInsert", ...OVERWRITES],
          `arn:aws:dynamodb:*:*:table/${nameOf(stage, "ledger")}`,
        ),
        deny(
          ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"],
          `arn:aws:s3:::${nameOf(stage, "blobsbucket-*")}/*`,
        ),
        deny(["iam:*", "organizations:*"], "*"),
      ],
    }).json,
  });
  $transform(aws.iam.Role, (args, _, name) => {
    if (!name.startsWith("Ci")) args.permissionsBoundary = boundary.arn;
  });
}
