-- What the intervals of a comparison are made of: weights with their squares (failures), and means with their deviations.
SELECT prompt_id, prompt_version,
  COALESCE(SUM(weight), 0e0) AS ended,
  COALESCE(SUM(weight * weight), 0e0) AS squared_weights,
  COALESCE(SUM(weight) FILTER (WHERE event = 'prompt_failed'), 0e0) AS failures,
  COUNT(completed_ms) AS latencies,
  AVG(completed_ms) AS mean_latency_ms,
  STDDEV_SAMP(completed_ms) AS sd_latency_ms,
  percentile(completed_ms, 0.5) AS p50_ms,
  percentile(completed_ms, 0.95) AS p95_ms,
  percentile(completed_ms, 0.99) AS p99_ms,
  COUNT(input_tokens) AS inputs,
  AVG(input_tokens) AS mean_input_tokens,
  STDDEV_SAMP(input_tokens) AS sd_input_tokens,
  COUNT(output_tokens) AS outputs,
  AVG(output_tokens) AS mean_output_tokens,
  STDDEV_SAMP(output_tokens) AS sd_output_tokens,
  COUNT(cost_usd) AS costs,
  AVG(cost_usd) AS mean_cost_usd,
  STDDEV_SAMP(cost_usd) AS sd_cost_usd
FROM (
  SELECT *, CASE WHEN event = 'prompt_completed' THEN latency_ms END AS completed_ms FROM events
) AS timed
WHERE event IN ('prompt_completed', 'prompt_failed') AND prompt_version = {{version}}
GROUP BY prompt_id, prompt_version
