-- name: biggest_layers
-- for: user
-- question: Which layers take the most bytes?
-- parameters: $1 limit: how many
SELECT source, digest, bytes, uncompressed_bytes, images, repositories, instruction, bytes_are
FROM layers
ORDER BY bytes DESC NULLS LAST, digest
LIMIT $1::int8;
