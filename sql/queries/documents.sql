-- name: documents
-- for: internal
-- question: Which documents of a source were fetched before?

-- step: find
-- parameters: $1 the source's name text, $2 digests bytea[]
SELECT digest, media_type, content FROM layerscope_data.document
WHERE source_name = $1::text AND digest = ANY ($2::bytea[]);

-- step: keep
-- parameters: $1 the source's name text, $2 digests bytea[], $3 media types text[], empty for none, $4 contents bytea[]
INSERT INTO layerscope_data.document (source_name, digest, media_type, content)
SELECT $1::text, given.digest, nullif(given.media_type, ''), given.content
FROM unnest($2::bytea[], $3::text[], $4::bytea[]) AS given (digest, media_type, content)
ON CONFLICT DO NOTHING;
