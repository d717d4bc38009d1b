-- name: moved_tags
-- for: user
-- question: Which tags moved most often since we look?
-- parameters: $1 limit: how many
SELECT source, repository, tag, count(*) - 1 AS moves, max(valid_from) AS last_moved_at
FROM tag_history
WHERE kind = 'tag'
GROUP BY source, repository, tag
HAVING count(*) > 1
ORDER BY moves DESC, last_moved_at DESC, source, repository, tag
LIMIT $1::int8;
