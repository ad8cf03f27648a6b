import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { intentClassifier } from "@promptops/functions";

/**
 * Stands in for Lambda: the handler stays loaded, as in a warm execution environment, and each line of stdin is a
 * message for it. Its event lines and its answers go to stdout.
 */
for await (const message of createInterface({ input: process.stdin })) {
  const { statusCode, body } = await intentClassifier(
    { body: JSON.stringify({ message }) },
    { awsRequestId: randomUUID() },
  );
  process.stdout.write(`HTTP ${statusCode} ${body}\n`);
}
