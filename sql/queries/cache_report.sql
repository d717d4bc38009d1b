-- name: cache_report
-- for: internal
-- question: (none) what pages and reports tell of builds: hit rates and durations over time, instructions, causes

-- step: trend
-- In the order of time, the latest so many. A build that does not tell when it started has no day and no week; by
-- itself it stands where it was first seen.
-- parameters: $1 by: all, project, build, day or week; $2 project: '<none>' for builds without one, null for any;
--             $3 limit int8
SELECT l.name, l.builds, l.failed_builds, l.started_at, l.hits, l.misses, l.hit_rate, l.seconds_saved, l.seconds_run,
       l.time_hit_rate, l.seconds_lost, l.unknown_hits, l.timed_builds, l.duration_seconds, l.seconds_per_build,
       l.commit
FROM (
    SELECT c.name, count(*) AS builds, count(*) FILTER (WHERE c.result = 'failed') AS failed_builds,
           min(c.started_at) AS started_at, sum(c.hits)::int8 AS hits, sum(c.misses)::int8 AS misses,
           layerscope.hit_rate(sum(c.hits)::int8, sum(c.misses)::int8) AS hit_rate,
           trim_scale(sum(c.seconds_saved)) AS seconds_saved, trim_scale(sum(c.seconds_run)) AS seconds_run,
           layerscope.time_hit_rate(
               sum(c.hits)::int8, sum(c.misses)::int8, sum(c.seconds_saved), sum(c.seconds_run)) AS time_hit_rate,
           trim_scale(sum(c.seconds_lost)) AS seconds_lost, sum(c.unknown_hits)::int8 AS unknown_hits,
           count(c.duration_seconds) AS timed_builds, trim_scale(sum(c.duration_seconds)) AS duration_seconds,
           trim_scale(round(avg(c.duration_seconds), 3)) AS seconds_per_build,
           CASE WHEN count(*) = 1 THEN min(c.commit) END AS commit, max(c.moment) AS moment, max(c.build) AS build
    FROM (
        SELECT CASE $1::text
                   WHEN 'all' THEN 'all' WHEN 'project' THEN coalesce(b.project, '<none>')
                   WHEN 'build' THEN b.build::text
                   WHEN 'day' THEN to_char(b.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
                   WHEN 'week' THEN to_char(b.started_at AT TIME ZONE 'UTC', 'IYYY-"W"IW')
               END AS name,
               b.build, b.started_at, coalesce(b.started_at, b.seen_at) AS moment, b.result, b.commit, b.hits, b.misses,
               b.unknown_hits, b.seconds_saved, b.seconds_run, b.seconds_lost, b.duration_seconds
        FROM layerscope.builds b
        WHERE $2::text IS NULL OR coalesce(b.project, '<none>') = $2::text) c
    WHERE c.name IS NOT NULL
    GROUP BY c.name
    ORDER BY max(c.moment) DESC, max(c.build) DESC
    LIMIT $3::int8) l
ORDER BY l.moment, l.build;

-- step: instructions
-- Those that cost most first: by what needless misses cost, then by what their misses took.
-- parameters: $1 project: as above; $2 limit int8
SELECT t.project, t.target, t.dockerfile, t.text AS instruction,
       (array_agg(t.lines ORDER BY t.started_at DESC NULLS LAST, t.build DESC)
        FILTER (WHERE t.lines IS NOT NULL))[1] AS lines,
       count(*) FILTER (WHERE t.hit) AS hits, count(*) FILTER (WHERE t.miss) AS misses,
       layerscope.hit_rate(count(*) FILTER (WHERE t.hit), count(*) FILTER (WHERE t.miss)) AS hit_rate,
       count(t.cause) AS first_misses, mode() WITHIN GROUP (ORDER BY t.cause) AS cause,
       trim_scale(sum(t.seconds_saved)) AS seconds_saved,
       trim_scale(sum(t.duration_seconds) FILTER (WHERE t.miss)) AS seconds_run,
       count(t.seconds_lost) AS needless_misses, trim_scale(sum(t.seconds_lost)) AS seconds_lost
FROM layerscope.steps t
WHERE (t.hit OR t.miss) AND ($1::text IS NULL OR coalesce(t.project, '<none>') = $1::text)
GROUP BY t.project, t.target, t.dockerfile, t.text
HAVING bool_or(t.miss)
ORDER BY sum(t.seconds_lost) DESC NULLS LAST, sum(t.duration_seconds) FILTER (WHERE t.miss) DESC NULLS LAST,
         count(*) FILTER (WHERE t.miss) DESC, t.text, t.project, t.target, t.dockerfile
LIMIT $2::int8;

-- step: causes
-- parameters: $1 project: as above
SELECT f.cause, count(*) AS misses, count(DISTINCT f.build) AS builds,
       trim_scale(sum(f.duration_seconds)) AS seconds_run, trim_scale(sum(f.seconds_lost)) AS seconds_lost
FROM layerscope.first_misses f
WHERE $1::text IS NULL OR coalesce(f.project, '<none>') = $1::text
GROUP BY f.cause
ORDER BY misses DESC, f.cause;
