-- name: images_with_label
-- for: user
-- question: Which images have this label, and what does it say?
-- parameters: $1 key: the label's key; $2 value: the value, where * stands for any characters
SELECT source, repository, tags, digest, labels ->> $1 AS value, created_at, apparent_bytes
FROM images
WHERE labels ->> $1 LIKE replace(replace(replace(replace($2, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
ORDER BY value, source, repository, digest;
