-- name: incomplete_sources
-- for: user
-- question: What could not be looked at, and what can be done about it?
SELECT source, aspect, outcome, seen, expected, detail, hint, finished_at, scope
FROM coverage
WHERE outcome NOT IN ('complete', 'not_available')
ORDER BY source, aspect;
