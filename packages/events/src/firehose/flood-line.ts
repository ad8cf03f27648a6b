const HASH = "c".repeat(64);

/** For tests: a line as events have it, of which only the id differs, about 450 bytes long. */
export function floodLine(at: number): string {
  return `{"event":"prompt_completed","prompt_id":"support.classifier","prompt_version":3,"prompt_owner":"support-team","prompt_model":"claude-sonnet","event_id":"${at}","timestamp":"2026-03-01T12:00:00.123Z","schema_version":1,"content_hash":"${HASH}","channel":"live","pin_seq":7,"source":"memory","age_ms":1200,"runtime":"batch","service":"nightly-triage","latency_ms":412.25,"input_tokens":812,"output_tokens":9,"cost_usd":0.002571,"label":"billing"}\n`;
}
