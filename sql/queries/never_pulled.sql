-- name: never_pulled
-- for: user
-- question: Which tags were not pulled since then, nor ever, as far as their source records pulls?
-- parameters: $1 time: a date or time, as 2026-01-31
SELECT t.source, t.repository, t.tag, t.digest, t.pushed_at, t.pulled_at, t.exclusive_bytes
FROM tags t
WHERE (t.pulled_at IS NULL OR t.pulled_at < $1::timestamptz)
  AND (t.pushed_at IS NULL OR t.pushed_at < $1::timestamptz)
  AND EXISTS (
      SELECT FROM activity a
      WHERE a.source = t.source AND a.repository = t.repository AND a.digest = t.digest AND a.records_pulls
        AND (a.tag IS NULL OR a.tag = t.tag))
ORDER BY t.exclusive_bytes DESC NULLS LAST, t.source, t.repository, t.tag;
