-- name: instructions
-- for: user
-- question: Which instructions made the layers that take the most bytes in sum?
-- parameters: $1 limit: how many
SELECT source, instruction, count(*) AS layers, sum(bytes)::int8 AS bytes, sum(images)::int8 AS images
FROM layers
WHERE instruction IS NOT NULL
GROUP BY source, instruction
ORDER BY bytes DESC NULLS LAST, source, instruction
LIMIT $1::int8;
