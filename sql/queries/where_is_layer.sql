-- name: where_is_layer
-- for: user
-- question: Where is this layer? Every image that has it, in all sources: registries, engines, archives.
-- parameters: $1 digest: the layer's digest, chainID or diffID, as sha256:…
SELECT l.source, i.repository, i.tags, l.digest, i.platform, l.position, l.space, l.layer_digest, l.diff_id, l.bytes,
       l.instruction
FROM item_layers l
LEFT JOIN images i ON i.source = l.source AND i.digest = l.digest AND l.store IN ('', i.repository)
WHERE l.layer_digest = $1 OR l.diff_id = $1
ORDER BY l.source, i.repository, l.digest, l.position;
