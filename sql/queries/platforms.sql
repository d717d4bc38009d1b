-- name: platforms
-- for: user
-- question: How many images are there for each platform, and what would they take if nothing were shared?
SELECT source, coalesce(platform, '<unknown>') AS platform, count(DISTINCT digest) AS images,
       sum(apparent_bytes)::int8 AS apparent_bytes
FROM (SELECT DISTINCT source, platform, digest, apparent_bytes FROM images) each_once
GROUP BY source, platform
ORDER BY source, images DESC, platform;
