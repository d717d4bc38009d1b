-- name: registry_events
-- for: internal
-- question: (none) takes what a registry tells of pushes and pulls, each event once

-- step: record
-- A client mostly asks for a tag without pulling it, and then pulls by digest: which tag it used cannot be told, so a
-- pull counts for the manifest, and for the tag only where the event names it. No tag's row says that its pulls are
-- recorded.
-- parameters: $1 source_id int4, $2 event ids text[], $3 times in microseconds since 2000 int8[], $4 repositories text[],
--             $5 digests bytea[], $6 tags text[], empty for none, $7 1 for a pull, 0 for a push int4[]
WITH given AS (
    SELECT DISTINCT ON (event_id) event_id,
           '2000-01-01 00:00:00+00'::timestamptz + micros * interval '1 microsecond' AS at, repository, digest, tag,
           pull = 1 AS is_pull
    FROM unnest($2::text[], $3::int8[], $4::text[], $5::bytea[], $6::text[], $7::int4[])
         AS g (event_id, micros, repository, digest, tag, pull)
    ORDER BY event_id
), new AS (
    INSERT INTO layerscope_data.registry_event (source_id, event_id, occurred_at)
    SELECT $1::int4, event_id, at FROM given ORDER BY event_id
    ON CONFLICT (source_id, event_id) DO NOTHING
    RETURNING event_id
), said AS (
    SELECT repository, digest, '' AS tag, at, is_pull FROM given JOIN new USING (event_id)
    UNION ALL
    SELECT repository, digest, tag, at, is_pull FROM given JOIN new USING (event_id) WHERE tag <> ''
), written AS (
    INSERT INTO layerscope_data.activity AS a (
        source_id, repository, digest, tag, pushed_at, pulled_at, records_pulls)
    SELECT $1::int4, repository, digest, tag, max(at) FILTER (WHERE NOT is_pull), max(at) FILTER (WHERE is_pull),
           tag = ''
    FROM said
    GROUP BY repository, digest, tag
    ORDER BY repository, digest, tag
    ON CONFLICT (source_id, repository, digest, tag) DO UPDATE
    SET pushed_at = greatest(a.pushed_at, excluded.pushed_at), pulled_at = greatest(a.pulled_at, excluded.pulled_at),
        records_pulls = a.records_pulls OR excluded.records_pulls
)
SELECT count(*) AS new_events FROM new;

-- step: forget
-- A registry that was not answered asks again for some minutes; a week is plenty.
DELETE FROM layerscope_data.registry_event WHERE received_at < now() - interval '7 days';
