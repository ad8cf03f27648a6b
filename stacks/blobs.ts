/// <reference path="../.sst/platform/config.d.ts" />
import type { Stage } from "./stage.ts";

/** The bucket for definitions that are too large for the table: what is in it stays as it was written. */
export function createBlobs({ breakGlassRole }: Stage) {
  const conditions =
    breakGlassRole === undefined
      ? []
      : [{ test: "ArnNotEquals", variable: "aws:PrincipalArn", values: [breakGlassRole] }];
  return new sst.aws.Bucket("Blobs", {
    versioning: true,
    enforceHttps: true,
    cors: false,
    policy: [
      {
        effect: "deny",
        principals: "*",
        actions: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
        paths: ["*"],
        conditions,
      },
      {
        // A put that may overwrite says so by not saying If-None-Match.
        effect: "deny",
        principals: "*",
        actions: ["s3:PutObject"],
        paths: ["*"],
        conditions: [{ test: "Null", variable: "s3:if-none-match", values: ["true"] }, ...conditions],
      },
    ],
    transform: { bucket: { forceDestroy: false } },
  });
}
