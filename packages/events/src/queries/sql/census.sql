-- Who was given which version last, and when. A call that began before a pin may end after it: what counts is when it
-- began, where a program logs that.
SELECT prompt_id, channel, service, prompt_version,
  SUM(weight) AS events,
  MIN("timestamp") AS first_at,
  MAX("timestamp") AS last_at,
  COALESCE(MAX("timestamp") FILTER (WHERE event = 'prompt_invoked'), MAX("timestamp")) AS last_given_at,
  MAX_BY(source, "timestamp") AS last_source,
  MAX_BY(age_ms, "timestamp") AS last_age_ms
FROM events
WHERE event IN ('prompt_invoked', 'prompt_completed', 'prompt_failed')
GROUP BY prompt_id, channel, service, prompt_version
ORDER BY prompt_id, channel, service, prompt_version
