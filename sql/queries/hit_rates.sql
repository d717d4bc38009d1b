-- name: hit_rates
-- for: user
-- question: How often did the build cache hit, by count and by time?
-- parameters: $1 by: build, project, target, dockerfile, builder, day, week, instruction or stage; $2 time: only builds
--             that started then or later, as 2026-01-31
WITH counted AS (
    SELECT CASE $1::text
               WHEN 'build' THEN b.build::text WHEN 'project' THEN b.project WHEN 'target' THEN b.target
               WHEN 'dockerfile' THEN b.dockerfile WHEN 'builder' THEN b.builder
               WHEN 'day' THEN to_char(b.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
               WHEN 'week' THEN to_char(b.started_at AT TIME ZONE 'UTC', 'IYYY-"W"IW')
           END AS name,
           b.build, b.hits::int8 AS hits, b.misses::int8 AS misses, b.unknown_hits::int8 AS unknown_hits,
           b.seconds_saved, b.seconds_run, b.seconds_lost
    FROM builds b
    WHERE $1::text NOT IN ('instruction', 'stage') AND b.started_at >= $2::timestamptz
    UNION ALL
    SELECT CASE $1::text WHEN 'instruction' THEN t.text ELSE t.stage END,
           t.build, t.hit::int::int8, t.miss::int::int8, (t.hit AND t.seconds_saved IS NULL)::int::int8,
           t.seconds_saved, CASE WHEN t.miss THEN t.duration_seconds END, t.seconds_lost
    FROM steps t
    WHERE $1::text IN ('instruction', 'stage') AND t.kind = 'instruction' AND t.started_at >= $2::timestamptz
)
SELECT coalesce(c.name, '<none>') AS name, count(DISTINCT c.build) AS builds,
       sum(c.hits)::int8 AS hits, sum(c.misses)::int8 AS misses,
       layerscope.hit_rate(sum(c.hits)::int8, sum(c.misses)::int8) AS hit_rate,
       trim_scale(sum(c.seconds_saved)) AS seconds_saved, trim_scale(sum(c.seconds_run)) AS seconds_run,
       layerscope.time_hit_rate(sum(c.hits)::int8, sum(c.misses)::int8, sum(c.seconds_saved), sum(c.seconds_run))
           AS time_hit_rate,
       trim_scale(sum(c.seconds_lost)) AS seconds_lost, sum(c.unknown_hits)::int8 AS unknown_hits
FROM counted c
GROUP BY 1
ORDER BY 1;
