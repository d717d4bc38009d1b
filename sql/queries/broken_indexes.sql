-- name: broken_indexes
-- for: user
-- question: Which indexes name a manifest that their source does not have?
SELECT c.source, i.repositories, i.tags, c.digest, c.platform, c.child_digest
FROM index_children c JOIN items i ON i.source = c.source AND i.digest = c.digest AND i.store = c.store
WHERE NOT c.present
ORDER BY c.source, c.digest, c.position;
