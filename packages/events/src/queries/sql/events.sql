-- The events of a scope, each once, with the weight that scales what was sampled back.
SELECT {{columns}}, dt, hour, 1e0 / COALESCE(sample_rate, 1e0) AS weight
FROM (
  SELECT {{columns}}, dt, hour, ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY "timestamp") AS copy
  FROM {{lake}}
  WHERE {{scope}}
) AS copies
WHERE copy = 1 OR event_id IS NULL
