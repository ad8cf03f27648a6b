-- Of one millisecond, what ended before what began: the newest come first.
SELECT "timestamp", event, event_id, prompt_id, prompt_version, channel, service, source, latency_ms, cost_usd, label,
  error_kind, error_message
FROM events
ORDER BY "timestamp" DESC, event, event_id
LIMIT {{limit}}
