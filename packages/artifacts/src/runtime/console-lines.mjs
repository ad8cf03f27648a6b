import { format } from "node:util";

const LEVELS = { debug: "DEBUG", error: "ERROR", info: "INFO", log: "INFO", trace: "TRACE", warn: "WARN" };

/**
 * Writes what the console gets to stdout as Lambda does: behind time, request id and level, or as JSON. What goes to
 * stdout directly stays as it is.
 * @param {() => string | undefined} requestId
 */
export function writeConsoleLines(requestId) {
  const json = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...values) => {
      const timestamp = new Date().toISOString();
      const [first] = values;
      const message = json && values.length === 1 && typeof first === "object" ? first : format(...values);
      const line = json
        ? JSON.stringify({ timestamp, level, requestId: requestId(), message })
        : [timestamp, requestId() ?? "undefined", level, message].join("\t");
      // Lambda keeps a message of several lines together by having carriage returns in it.
      process.stdout.write(`${line.replaceAll("\n", "\r")}\n`);
    };
  }
}
