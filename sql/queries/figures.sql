-- name: figures
-- for: internal
-- question: (none) writes the figures of a whole source

-- step: source
-- parameters: $1 source_id int4, $2 images, $3 items, $4 apparent, $5 stored, $6 exclusive, $7 shared, $8 fair share
--             in bytes, $9 unknown objects, all int8
INSERT INTO layerscope_data.source_figure AS f (
    source_id, images, items, apparent_bytes, stored_bytes, exclusive_bytes, shared_bytes, fair_share_bytes,
    unknown_objects, computed_at)
VALUES ($1::int4, $2::int8, $3::int8, $4::int8, $5::int8, $6::int8, $7::int8, $8::int8, $9::int8, clock_timestamp())
ON CONFLICT (source_id) DO UPDATE
SET images = excluded.images, items = excluded.items, apparent_bytes = excluded.apparent_bytes,
    stored_bytes = excluded.stored_bytes, exclusive_bytes = excluded.exclusive_bytes,
    shared_bytes = excluded.shared_bytes, fair_share_bytes = excluded.fair_share_bytes,
    unknown_objects = excluded.unknown_objects, computed_at = excluded.computed_at;

-- step: orphans
-- Once somebody looked at the blobs of the source, what nothing lists is known.
-- parameters: $1 source_id int4
UPDATE layerscope_data.source_figure f
SET orphan_bytes = coalesce(
    (SELECT sum(o.bytes) FROM layerscope_data.orphan_now o WHERE o.source_id = $1::int4), 0)::int8
WHERE f.source_id = $1::int4 AND EXISTS (
    SELECT FROM layerscope_data.collection_aspect a
    JOIN layerscope_data.collection c USING (source_id, collection_id)
    WHERE a.source_id = $1::int4 AND a.aspect = 'blobs' AND a.outcome IN ('complete', 'incomplete')
      AND c.observed_at IS NOT NULL);
