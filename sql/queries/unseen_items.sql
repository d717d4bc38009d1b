-- name: unseen_items
-- for: internal
-- question: Which holding or reference names an item that was never recorded?
-- parameters: $1 source_id int4
SELECT r.name AS repository, named.name, named.item
FROM (
    SELECT repository, '' AS name, store, item FROM staged_holding
    UNION ALL
    SELECT repository, name, store, item FROM staged_reference) named
JOIN staged_repository r ON r.n = named.repository
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.item i
    WHERE i.source_id = $1::int4 AND i.digest = named.item AND i.store = named.store)
LIMIT 1;
