-- name: instructions_by_seconds_lost
-- for: user
-- question: Which instructions cost the most time by missing the cache although nothing before them had changed?
-- parameters: $1 limit: how many
SELECT project, target, dockerfile, text AS instruction, count(*) FILTER (WHERE hit) AS hits,
       count(*) FILTER (WHERE miss) AS misses, count(seconds_lost) AS needless_misses,
       trim_scale(sum(seconds_lost)) AS seconds_lost, max(started_at) FILTER (WHERE seconds_lost > 0) AS lost_last
FROM steps
WHERE kind = 'instruction'
GROUP BY project, target, dockerfile, text
HAVING sum(seconds_lost) > 0
ORDER BY sum(seconds_lost) DESC, text, project, target, dockerfile
LIMIT $1::int8;
