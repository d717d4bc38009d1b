-- name: known_items
-- for: internal
-- question: Which of the given items does the database have in just the form in which they were recorded?
-- parameters: $1 source_id int4, $2 digests bytea[], $3 stores text[], $4 fingerprints int8[]
SELECT given.position
FROM unnest($2::bytea[], $3::text[], $4::int8[]) WITH ORDINALITY AS given (digest, store, fingerprint, position)
JOIN layerscope_data.item i
  ON i.source_id = $1::int4 AND i.digest = given.digest AND i.store = given.store
 AND i.fingerprint = given.fingerprint;
