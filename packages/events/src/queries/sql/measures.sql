-- Calls are those that ended; of programs that log no end, those that began.
GREATEST(
  COALESCE(SUM(weight) FILTER (WHERE event IN ('prompt_completed', 'prompt_failed')), 0e0),
  COALESCE(SUM(weight) FILTER (WHERE event = 'prompt_invoked'), 0e0)
) AS calls,
COALESCE(SUM(weight) FILTER (WHERE event IN ('prompt_completed', 'prompt_failed')), 0e0) AS ended,
COALESCE(SUM(weight) FILTER (WHERE event = 'prompt_failed'), 0e0) AS failures,
percentile(completed_ms, 0.5) AS p50_ms,
percentile(completed_ms, 0.95) AS p95_ms,
percentile(completed_ms, 0.99) AS p99_ms,
SUM(weight * input_tokens) AS input_tokens,
SUM(weight * output_tokens) AS output_tokens,
SUM(weight * cost_usd) AS cost_usd
