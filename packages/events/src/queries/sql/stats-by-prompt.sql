SELECT prompt_id, dt,
{{measures}}
FROM (
  SELECT *, CASE WHEN event = 'prompt_completed' THEN latency_ms END AS completed_ms FROM events
) AS timed
GROUP BY GROUPING SETS ((prompt_id), (dt))
ORDER BY dt, calls DESC, prompt_id
