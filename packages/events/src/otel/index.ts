/** Event lines as spans of OpenTelemetry, whose API the program brings. */
export { spanSink } from "./span-sink.ts";
