-- name: repositories_sharing_most
-- for: user
-- question: Which two repositories have the most bytes of layers in common? Layers in more than 200 repositories, which
--           every pair of those has, are left out.
-- parameters: $1 limit: how many pairs
WITH held AS (
    SELECT DISTINCT l.source, l.layer_digest, l.bytes, i.repository
    FROM item_layers l
    JOIN images i ON i.source = l.source AND i.digest = l.digest AND l.store IN ('', i.repository)
    WHERE l.repositories BETWEEN 2 AND 200 AND l.kind = 'layer'
)
SELECT a.source, a.repository, b.repository AS other_repository, sum(a.bytes)::int8 AS shared_bytes, count(*) AS layers
FROM held a
JOIN held b ON b.source = a.source AND b.layer_digest = a.layer_digest AND a.repository < b.repository
GROUP BY a.source, a.repository, b.repository
ORDER BY shared_bytes DESC NULLS LAST, a.source, a.repository, b.repository
LIMIT $1::int8;
