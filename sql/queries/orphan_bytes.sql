-- name: orphan_bytes
-- for: user
-- question: What would a garbage collection free without any deletion, and what do uploads that were left behind take?
SELECT s.source, s.stored_bytes, s.orphan_bytes,
       (SELECT count(*) FROM orphans o WHERE o.source = s.source) AS orphans,
       coalesce((SELECT sum(u.bytes) FROM uploads u WHERE u.source = s.source), 0)::int8 AS upload_bytes,
       (SELECT count(*) FROM uploads u WHERE u.source = s.source) AS uploads, s.everything_at AS looked_at
FROM sources s
WHERE s.orphan_bytes IS NOT NULL
ORDER BY s.orphan_bytes DESC, s.source;
