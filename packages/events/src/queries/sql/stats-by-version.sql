SELECT prompt_version, dt,
{{measures}}
FROM (
  SELECT *, CASE WHEN event = 'prompt_completed' THEN latency_ms END AS completed_ms FROM events
) AS timed
GROUP BY GROUPING SETS ((prompt_version), (dt))
ORDER BY dt, prompt_version
