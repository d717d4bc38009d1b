-- name: images_over_layers
-- for: user
-- question: Which images stand on the layers of this image, whatever they say of their base?
-- parameters: $1 digest: the base image's digest as its source has it
WITH base AS (
    SELECT source, max(position) AS top FROM item_layers WHERE digest = $1 AND kind = 'layer' GROUP BY source
), wanted AS (
    SELECT l.source, l.position, l.layer_digest, b.top
    FROM item_layers l JOIN base b USING (source) WHERE l.digest = $1
)
SELECT i.source, i.repository, i.tags, i.digest, i.platform, i.layers - w.top AS layers_above, i.apparent_bytes
FROM (
    SELECT l.source, l.digest, w.top
    FROM item_layers l
    JOIN wanted w ON w.source = l.source AND w.position = l.position AND w.layer_digest = l.layer_digest
    WHERE l.digest <> $1
    GROUP BY l.source, l.digest, w.top
    HAVING count(*) = (SELECT count(*) FROM wanted all_of_it WHERE all_of_it.source = l.source)) w
JOIN images i ON i.source = w.source AND i.digest = w.digest
ORDER BY i.source, i.repository, i.digest;
