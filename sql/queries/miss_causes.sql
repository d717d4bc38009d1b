-- name: miss_causes
-- for: user
-- question: Why did builds miss the cache first, how often, and what did these misses take?
-- parameters: $1 time: only builds that started then or later, as 2026-01-31
SELECT project, cause, count(*) AS misses, count(DISTINCT build) AS builds,
       trim_scale(sum(duration_seconds)) AS seconds_run, trim_scale(sum(seconds_lost)) AS seconds_lost
FROM first_misses
WHERE started_at >= $1::timestamptz
GROUP BY project, cause
ORDER BY misses DESC, project, cause;
