-- name: apply_holdings
-- for: internal
-- question: (none) opens and closes what repositories hold and what names stand for
-- parameters: $1 source_id int4, $2 the collection's moment timestamptz, $3 whether repositories that were not listed have
--             gone bool, $4 whether holdings that were not seen in a repository that was seen whole have gone bool, $5 whether
--             the collection sees everything that there is, not only what has a name bool

-- step: see_repositories
WITH seen AS (
    SELECT s.name, min(s.n) AS first, bool_and(s.is_complete) AS is_complete, r.repository_id
    FROM staged_repository s
    LEFT JOIN layerscope_data.repository r ON r.source_id = $1::int4 AND r.name = s.name
    GROUP BY s.name, r.repository_id
)
INSERT INTO seen_repository
SELECT coalesce(repository_id, (
           (SELECT coalesce(max(repository_id), 0) FROM layerscope_data.repository WHERE source_id = $1::int4)
           + row_number() OVER (PARTITION BY repository_id IS NULL ORDER BY first))::int4),
       name, repository_id IS NULL, is_complete
FROM seen;

-- step: map_repositories
INSERT INTO repository_map
SELECT DISTINCT s.n, r.repository_id FROM staged_repository s JOIN seen_repository r USING (name);

-- step: add_repositories
INSERT INTO layerscope_data.repository (source_id, repository_id, name, is_complete, is_seen_whole)
SELECT $1::int4, repository_id, name, coalesce(is_complete, false), CASE WHEN $5::bool THEN is_complete END
FROM seen_repository WHERE is_new
ORDER BY repository_id;

-- step: update_repositories
-- One that was not seen whole when everything was looked at does not become whole by its names.
UPDATE layerscope_data.repository r
SET is_complete = s.is_complete AND ($5::bool OR coalesce(r.is_seen_whole, true)),
    is_seen_whole = CASE WHEN $5::bool THEN s.is_complete ELSE r.is_seen_whole END
FROM seen_repository s
WHERE r.source_id = $1::int4 AND r.repository_id = s.repository_id AND s.is_complete IS NOT NULL
  AND (r.is_complete, r.is_seen_whole) IS DISTINCT FROM
      (s.is_complete AND ($5::bool OR coalesce(r.is_seen_whole, true)),
       CASE WHEN $5::bool THEN s.is_complete ELSE r.is_seen_whole END);

-- step: open_periods
INSERT INTO layerscope_data.repository_period (source_id, repository_id, valid_from)
SELECT $1::int4, s.repository_id, $2::timestamptz FROM seen_repository s
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.repository_period p
    WHERE p.source_id = $1::int4 AND p.repository_id = s.repository_id AND p.valid_until = 'infinity');

-- step: close_periods
UPDATE layerscope_data.repository_period p
SET valid_until = $2::timestamptz
WHERE $3::bool AND p.source_id = $1::int4 AND p.valid_until = 'infinity'
  AND NOT EXISTS (SELECT FROM seen_repository s WHERE s.repository_id = p.repository_id);

-- step: find_closable
-- What was not seen in these has gone: they were seen whole, or are not there any more.
INSERT INTO closable_repository
SELECT r.repository_id
FROM layerscope_data.repository r
LEFT JOIN seen_repository s USING (repository_id)
WHERE r.source_id = $1::int4
  AND CASE WHEN s.repository_id IS NULL THEN $3::bool ELSE coalesce(s.is_complete, false) END;

-- step: want_holdings
INSERT INTO wanted_holding
SELECT DISTINCT r.repository_id, i.item_id
FROM (
    SELECT repository, store, item FROM staged_holding
    UNION ALL
    SELECT repository, store, item FROM staged_reference) h
JOIN repository_map r ON r.n = h.repository
JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.digest = h.item AND i.store = h.store;

-- step: close_holdings
UPDATE layerscope_data.holding h
SET valid_until = $2::timestamptz
FROM closable_repository c
WHERE $4::bool AND h.source_id = $1::int4 AND h.repository_id = c.repository_id AND h.valid_until = 'infinity'
  AND NOT EXISTS (
      SELECT FROM wanted_holding w WHERE w.repository_id = h.repository_id AND w.item_id = h.item_id);

-- step: open_holdings
INSERT INTO layerscope_data.holding (source_id, repository_id, item_id, valid_from)
SELECT $1::int4, w.repository_id, w.item_id, $2::timestamptz
FROM wanted_holding w
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.holding h
    WHERE h.source_id = $1::int4 AND h.repository_id = w.repository_id AND h.item_id = w.item_id
      AND h.valid_until = 'infinity')
ORDER BY w.repository_id, w.item_id;

-- step: want_references
-- A name that was seen on two items moved while it was looked at: the last one counts.
INSERT INTO wanted_reference
SELECT DISTINCT ON (r.repository_id, s.kind, s.name) r.repository_id, s.kind, s.name, i.item_id
FROM staged_reference s
JOIN repository_map r ON r.n = s.repository
JOIN layerscope_data.item i ON i.source_id = $1::int4 AND i.digest = s.item AND i.store = s.store
ORDER BY r.repository_id, s.kind, s.name, s.n DESC;

-- step: close_references
UPDATE layerscope_data.reference t
SET valid_until = $2::timestamptz
FROM layerscope_data.repository r
WHERE r.source_id = $1::int4 AND t.source_id = $1::int4 AND t.repository_id = r.repository_id
  AND t.valid_until = 'infinity'
  AND CASE
      WHEN EXISTS (SELECT FROM closable_repository c WHERE c.repository_id = t.repository_id) THEN NOT EXISTS (
          SELECT FROM wanted_reference w
          WHERE w.repository_id = t.repository_id AND w.kind = t.kind AND w.name = t.name AND w.item_id = t.item_id)
      ELSE EXISTS (
          SELECT FROM wanted_reference w
          WHERE w.repository_id = t.repository_id AND w.kind = t.kind AND w.name = t.name AND w.item_id <> t.item_id)
      END;

-- step: open_references
INSERT INTO layerscope_data.reference (source_id, repository_id, kind, name, item_id, valid_from)
SELECT $1::int4, w.repository_id, w.kind, w.name, w.item_id, $2::timestamptz
FROM wanted_reference w
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.reference t
    WHERE t.source_id = $1::int4 AND t.repository_id = w.repository_id AND t.kind = w.kind AND t.name = w.name
      AND t.valid_until = 'infinity')
ORDER BY w.repository_id, w.kind, w.name;
