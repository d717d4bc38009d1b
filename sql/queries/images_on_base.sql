-- name: images_on_base
-- for: user
-- question: Which images say that they were built on this base?
-- parameters: $1 base: the base image's name, where * stands for any characters, or its digest
SELECT source, repository, tags, digest, platform, base_name, base_digest, created_at, apparent_bytes
FROM images
WHERE base_digest = $1
   OR base_name LIKE replace(replace(replace(replace($1, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
ORDER BY source, repository, created_at;
