-- name: integrity
-- for: internal
-- question: Which rows hang in the air, naming something that is not there? The large tables have no foreign keys.
SELECT 'item_object' AS relation, 'item' AS lacks, t.source_id, t.item_id AS key
FROM layerscope_data.item_object t
WHERE NOT EXISTS (SELECT FROM layerscope_data.item i WHERE i.source_id = t.source_id AND i.item_id = t.item_id)
UNION ALL
SELECT 'item_object', 'object', t.source_id, t.object_id FROM layerscope_data.item_object t
WHERE NOT EXISTS (SELECT FROM layerscope_data.object o WHERE o.source_id = t.source_id AND o.object_id = t.object_id)
UNION ALL
SELECT 'item_child', 'item', t.source_id, t.item_id FROM layerscope_data.item_child t
WHERE NOT EXISTS (SELECT FROM layerscope_data.item i WHERE i.source_id = t.source_id AND i.item_id = t.item_id)
UNION ALL
SELECT 'item_child', 'child', t.source_id, t.child_id FROM layerscope_data.item_child t
WHERE t.child_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM layerscope_data.item i WHERE i.source_id = t.source_id AND i.item_id = t.child_id)
UNION ALL
SELECT 'missing_child', 'child', t.source_id, t.item_id FROM layerscope_data.missing_child t
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.item_child c
    WHERE c.source_id = t.source_id AND c.item_id = t.item_id AND c.position = t.position)
UNION ALL
SELECT 'holding', 'item', t.source_id, t.item_id FROM layerscope_data.holding t
WHERE NOT EXISTS (SELECT FROM layerscope_data.item i WHERE i.source_id = t.source_id AND i.item_id = t.item_id)
UNION ALL
SELECT 'holding', 'repository', t.source_id, t.repository_id FROM layerscope_data.holding t
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.repository r WHERE r.source_id = t.source_id AND r.repository_id = t.repository_id)
UNION ALL
SELECT 'reference', 'holding', t.source_id, t.item_id FROM layerscope_data.reference t
WHERE t.valid_until = 'infinity' AND NOT EXISTS (
    SELECT FROM layerscope_data.holding h
    WHERE h.source_id = t.source_id AND h.repository_id = t.repository_id AND h.item_id = t.item_id
      AND h.valid_until = 'infinity')
UNION ALL
SELECT 'item_figure', 'item', t.source_id, t.item_id FROM layerscope_data.item_figure t
WHERE NOT EXISTS (SELECT FROM layerscope_data.item i WHERE i.source_id = t.source_id AND i.item_id = t.item_id)
UNION ALL
SELECT 'object_figure', 'object', t.source_id, t.object_id FROM layerscope_data.object_figure t
WHERE NOT EXISTS (SELECT FROM layerscope_data.object o WHERE o.source_id = t.source_id AND o.object_id = t.object_id)
UNION ALL
SELECT 'holding_figure', 'holding', t.source_id, t.item_id FROM layerscope_data.holding_figure t
WHERE NOT EXISTS (
    SELECT FROM layerscope_data.holding h
    WHERE h.source_id = t.source_id AND h.repository_id = t.repository_id AND h.item_id = t.item_id
      AND h.valid_until = 'infinity')
UNION ALL
SELECT 'damaged_object', 'object', t.source_id, t.object_id FROM layerscope_data.damaged_object t
WHERE NOT EXISTS (SELECT FROM layerscope_data.object o WHERE o.source_id = t.source_id AND o.object_id = t.object_id)
UNION ALL
SELECT 'orphan_blob', 'source', t.source_id, NULL::int4 FROM layerscope_data.orphan_blob t
WHERE NOT EXISTS (SELECT FROM layerscope_data.source s WHERE s.source_id = t.source_id)
UNION ALL
SELECT 'upload', 'source', t.source_id, NULL::int4 FROM layerscope_data.upload t
WHERE NOT EXISTS (SELECT FROM layerscope_data.source s WHERE s.source_id = t.source_id)
UNION ALL
SELECT 'storage_finding', 'source', t.source_id, t.position FROM layerscope_data.storage_finding t
WHERE NOT EXISTS (SELECT FROM layerscope_data.source s WHERE s.source_id = t.source_id)
UNION ALL
SELECT 'tag_target', 'source', t.source_id, NULL::int4 FROM layerscope_data.tag_target t
WHERE NOT EXISTS (SELECT FROM layerscope_data.source s WHERE s.source_id = t.source_id)
UNION ALL
SELECT 'activity', 'source', t.source_id, NULL::int4 FROM layerscope_data.activity t
WHERE NOT EXISTS (SELECT FROM layerscope_data.source s WHERE s.source_id = t.source_id);
