-- name: graph_facts
-- for: internal
-- question: What is said of the items and objects of a graph, beside what every figure needs?
-- parameters: $1 the graph's sources int4[]

-- step: labels
-- The value of a label ($2 text) by item.
SELECT source_id, item_id, labels ->> $2::text AS value
FROM layerscope_data.item
WHERE source_id = ANY ($1::int4[]) AND labels ? $2::text;

-- step: names
-- The first tag of each item that has one.
SELECT t.source_id, t.item_id, min(r.name || ':' || t.name) AS name
FROM layerscope_data.reference t
JOIN layerscope_data.repository r USING (source_id, repository_id)
WHERE t.source_id = ANY ($1::int4[]) AND t.kind = 'tag' AND t.valid_until = 'infinity'
GROUP BY t.source_id, t.item_id;

-- step: index_names
-- For each item below a tagged index: the index's first tag.
WITH RECURSIVE below (source_id, item_id, name) AS (
    SELECT t.source_id, t.item_id, r.name || ':' || t.name
    FROM layerscope_data.reference t
    JOIN layerscope_data.repository r USING (source_id, repository_id)
    JOIN layerscope_data.item i USING (source_id, item_id)
    WHERE t.source_id = ANY ($1::int4[]) AND t.kind = 'tag' AND t.valid_until = 'infinity' AND i.kind = 'index'
    UNION
    SELECT c.source_id, c.child_id, below.name
    FROM below JOIN layerscope_data.item_child c USING (source_id, item_id)
    WHERE c.child_id IS NOT NULL
)
SELECT source_id, item_id, min(name) AS name FROM below GROUP BY source_id, item_id;

-- step: contents
-- What is the same wherever it is kept: a layer by its diffID, everything else by its key.
SELECT source_id, object_id, coalesce(diff_id, key) AS content
FROM layerscope_data.object
WHERE source_id = ANY ($1::int4[]);

-- step: objects
-- Digests and instructions of some objects ($2 int4[]) of one source ($1 int4).
SELECT object_id, layerscope.digest_text(key) AS digest, layerscope.digest_text(diff_id) AS diff_id, kind, bytes,
       uncompressed_bytes, instruction
FROM layerscope_data.object_now
WHERE source_id = $1::int4 AND object_id = ANY ($2::int4[]);

-- step: waste
SELECT source_id, item_id, layerscope.digest_text(digest) AS digest
FROM layerscope_data.waste_item JOIN layerscope_data.item USING (source_id, item_id)
WHERE source_id = ANY ($1::int4[]);
