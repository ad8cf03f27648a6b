SELECT prompt_id, prompt_version,
  MAX_BY(prompt_owner, "timestamp") AS prompt_owner,
  MAX_BY(prompt_model, "timestamp") AS prompt_model,
  SUM(weight) AS calls,
  COALESCE(SUM(weight) FILTER (WHERE event = 'prompt_completed'), 0e0) AS completed,
  COALESCE(SUM(weight) FILTER (WHERE cost_usd IS NULL AND event = 'prompt_completed'), 0e0) AS unpriced,
  COALESCE(SUM(weight * cost_usd), 0e0) AS cost_usd,
  SUM(weight * input_tokens) FILTER (WHERE output_tokens IS NOT NULL) AS input_tokens,
  SUM(weight * output_tokens) FILTER (WHERE input_tokens IS NOT NULL) AS output_tokens,
  COALESCE(SUM(weight) FILTER (WHERE input_tokens IS NOT NULL AND output_tokens IS NOT NULL), 0e0) AS counted
FROM events
WHERE event IN ('prompt_completed', 'prompt_failed')
GROUP BY prompt_id, prompt_version
ORDER BY cost_usd DESC, prompt_id, prompt_version
