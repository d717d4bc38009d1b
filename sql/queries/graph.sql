-- name: graph
-- for: internal
-- question: What does a source hold? Read by binary COPY, so the parameters stand in the text: @source is replaced by
--           the number of the source, @current by a condition on the validity range.

-- step: holdings
SELECT repository_id, item_id FROM layerscope_data.holding WHERE source_id = @source AND @current;

-- step: references
SELECT repository_id, item_id FROM layerscope_data.reference WHERE source_id = @source AND @current;

-- step: repositories
SELECT repository_id, is_complete, name, namespace, owner
FROM layerscope_data.repository WHERE source_id = @source ORDER BY repository_id;

-- step: children
SELECT item_id, position, child_id FROM layerscope_data.item_child WHERE source_id = @source
ORDER BY item_id, position;

-- step: missing
SELECT item_id, position FROM layerscope_data.missing_child WHERE source_id = @source AND @current
ORDER BY item_id, position;

-- step: items
-- The kind in the order of LayerGraph.ItemKind, 8 more for an intermediate image.
SELECT item_id,
       (CASE kind WHEN 'image' THEN 0 WHEN 'index' THEN 1 WHEN 'attestation' THEN 2 WHEN 'artifact' THEN 3 ELSE 4 END
        + CASE WHEN is_intermediate THEN 8 ELSE 0 END)::int2
FROM layerscope_data.item WHERE source_id = @source;

-- step: subjects
SELECT i.item_id, s.item_id
FROM layerscope_data.item i
LEFT JOIN layerscope_data.item s ON s.source_id = i.source_id AND s.digest = i.subject AND s.store = i.store
WHERE i.source_id = @source AND i.subject IS NOT NULL;

-- step: objects
-- The kind in the order of LayerGraph.ObjectKind; 5 is a foreign layer. Bytes that cannot be known are -1.
SELECT object_id,
       CASE kind WHEN 'layer' THEN 3 WHEN 'configuration' THEN 2 WHEN 'manifest' THEN 0 WHEN 'index' THEN 1
            WHEN 'blob' THEN 4 ELSE 5 END::int2,
       coalesce(bytes, -1)
FROM layerscope_data.object WHERE source_id = @source;

-- step: damaged
-- Objects that are not there whole, with the bytes that are.
SELECT object_id, bytes FROM layerscope_data.damaged_object WHERE source_id = @source AND @current;

-- step: item_objects
SELECT item_id, position, object_id FROM layerscope_data.item_object WHERE source_id = @source;

-- step: reported
SELECT f.name, f.bytes, f.note
FROM layerscope_data.reported_figure f
WHERE f.source_id = @source AND f.collection_id = (
    SELECT max(c.collection_id) FROM layerscope_data.collection c
    WHERE c.source_id = @source AND c.observed_at IS NOT NULL)
ORDER BY f.name;
