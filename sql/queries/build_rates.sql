-- name: build_rates
-- for: internal
-- question: (none) hit rates by count and by time, of some builds
-- parameters: $1 what they are grouped by text, $2 since timestamptz, $3 source, $4 project, $5 target, $6 dockerfile,
--             $7 builder, all text; null for any but $1
WITH counted AS (
    SELECT CASE $1::text
               WHEN 'build' THEN b.build::text WHEN 'project' THEN b.project WHEN 'target' THEN b.target
               WHEN 'dockerfile' THEN b.dockerfile WHEN 'builder' THEN b.builder
               WHEN 'day' THEN to_char(b.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
               WHEN 'week' THEN to_char(b.started_at AT TIME ZONE 'UTC', 'IYYY-"W"IW')
           END AS name,
           b.build, b.hits::int8 AS hits, b.misses::int8 AS misses, b.unknown_hits::int8 AS unknown_hits,
           b.seconds_saved, b.seconds_run, b.seconds_lost
    FROM layerscope.builds b
    WHERE $1::text NOT IN ('instruction', 'stage') AND ($2::timestamptz IS NULL OR b.started_at >= $2::timestamptz)
      AND ($3::text IS NULL OR b.source = $3::text) AND ($4::text IS NULL OR b.project = $4::text)
      AND ($5::text IS NULL OR b.target = $5::text) AND ($6::text IS NULL OR b.dockerfile = $6::text)
      AND ($7::text IS NULL OR b.builder = $7::text)
    UNION ALL
    SELECT CASE $1::text WHEN 'instruction' THEN t.text ELSE t.stage END,
           t.build, t.hit::int::int8, t.miss::int::int8, (t.hit AND t.seconds_saved IS NULL)::int::int8,
           t.seconds_saved, CASE WHEN t.miss THEN t.duration_seconds END, t.seconds_lost
    FROM layerscope.steps t
    WHERE $1::text IN ('instruction', 'stage') AND t.kind = 'instruction' AND ($2::timestamptz IS NULL OR t.started_at >= $2::timestamptz)
      AND ($3::text IS NULL OR t.source = $3::text) AND ($4::text IS NULL OR t.project = $4::text)
      AND ($5::text IS NULL OR t.target = $5::text) AND ($6::text IS NULL OR t.dockerfile = $6::text)
      AND ($7::text IS NULL OR t.builder = $7::text)
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
