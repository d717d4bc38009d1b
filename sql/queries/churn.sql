-- name: churn
-- for: internal
-- question: When was each layer first in each repository, and which instruction made it?
-- parameters: $1 source: a source's name
-- An item came when it was pushed, as far as that is told: of the times at which it and its tags are known to have been
-- pushed, and at which it was first seen, the earliest. Held items count, and those that were held once.
WITH held AS (
    SELECT h.source_id, h.repository_id, h.item_id, min(h.valid_from) AS seen_at
    FROM layerscope_data.holding h
    JOIN layerscope_data.source s USING (source_id)
    WHERE s.name = $1::text
    GROUP BY h.source_id, h.repository_id, h.item_id
), pushed AS (
    SELECT source_id, repository, digest, min(pushed_at) AS pushed_at
    FROM (
        SELECT a.source_id, a.repository, a.digest, a.pushed_at FROM layerscope_data.activity a
        UNION ALL
        SELECT t.source_id, t.repository, t.digest, t.linked_at FROM layerscope_data.tag_target t) told
    JOIN layerscope_data.source s USING (source_id)
    WHERE s.name = $1::text AND pushed_at IS NOT NULL
    GROUP BY source_id, repository, digest
), came AS (
    SELECT h.source_id, h.item_id, r.name AS repository, least(p.pushed_at, h.seen_at) AS came_at
    FROM held h
    JOIN layerscope_data.repository r USING (source_id, repository_id)
    JOIN layerscope_data.item i USING (source_id, item_id)
    LEFT JOIN pushed p ON p.source_id = h.source_id AND p.repository = r.name AND p.digest = i.digest
    WHERE i.kind = 'image'
)
SELECT DISTINCT ON (c.repository, o.object_id, c.came_at, coalesce(io.instruction, o.instruction))
       c.repository, coalesce(io.instruction, o.instruction) AS instruction,
       layerscope.digest_text(o.key) AS digest, o.bytes, c.came_at
FROM came c
JOIN layerscope_data.item_object io USING (source_id, item_id)
JOIN layerscope_data.object o USING (source_id, object_id)
WHERE io.position > 0 AND o.kind = 'layer'
ORDER BY c.repository, o.object_id, c.came_at, coalesce(io.instruction, o.instruction);
