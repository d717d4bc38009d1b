-- name: build_cache
-- for: user
-- question: What does the build cache take, by kind of record, and how much of it was never used again?
SELECT source, type, count(*) AS records, sum(bytes)::int8 AS bytes,
       (sum(bytes) FILTER (WHERE NOT shared AND NOT in_use))::int8 AS prunable_bytes,
       (sum(bytes) FILTER (WHERE usage_count <= 1))::int8 AS never_used_again_bytes
FROM cache_records
GROUP BY source, type
ORDER BY source, bytes DESC NULLS LAST, type;
