-- name: changes_since
-- for: user
-- question: Which images came and went since then?
-- parameters: $1 time: a date or time, as 2026-01-31
SELECT CASE WHEN valid_until IS NOT NULL AND valid_until >= $1::timestamptz THEN 'gone' ELSE 'new' END AS change,
       coalesce(valid_until, valid_from) AS changed_at, source, repository, digest, created_at
FROM holding_history
WHERE item_kind = 'image'
  AND (valid_until >= $1::timestamptz AND valid_from < $1::timestamptz
       OR valid_from >= $1::timestamptz AND valid_until IS NULL)
ORDER BY changed_at, source, repository, digest;
