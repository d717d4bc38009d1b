-- name: owners
-- for: internal
-- question: Which repositories does a source have, who owns them, and what do the labels of their newest images say?

-- step: repositories
-- parameters: $1 source_id int4
SELECT repository_id, name, owner FROM layerscope_data.repository WHERE source_id = $1::int4;

-- step: label
-- parameters: $1 source_id int4, $2 the label's key text
SELECT DISTINCT ON (h.repository_id) h.repository_id, i.labels ->> $2::text AS value
FROM layerscope_data.holding h JOIN layerscope_data.item i USING (source_id, item_id)
WHERE h.source_id = $1::int4 AND h.valid_until = 'infinity' AND i.kind = 'image' AND i.labels ->> $2::text <> ''
ORDER BY h.repository_id, i.created_at DESC NULLS LAST, i.item_id DESC;

-- step: update
-- parameters: $1 source_id int4, $2 repository_ids int4[], $3 owners text[]
UPDATE layerscope_data.repository r
SET owner = given.owner
FROM unnest($2::int4[], $3::text[]) AS given (repository_id, owner)
WHERE r.source_id = $1::int4 AND r.repository_id = given.repository_id;
