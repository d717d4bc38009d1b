-- name: plans
-- for: internal
-- question: Which clean-up plans were made of a source, what became of them, and what does the source hold now?

-- step: add
-- parameters: $1 source_id int4, $2 made_at timestamptz, $3 garbage_collector text, $4 rules jsonb, $5 held, $6 freed,
--             $7 garbage, $8 retained bytes, $9 unknown objects, all int8, $10 is_exact bool
INSERT INTO layerscope_data.plan (
    source_id, plan_id, made_at, garbage_collector, rules, held_bytes, freed_bytes, garbage_bytes, retained_bytes,
    unknown_objects, is_exact)
SELECT $1::int4, coalesce(max(plan_id), 0) + 1, $2::timestamptz, $3::text, $4::jsonb, $5::int8, $6::int8, $7::int8,
       $8::int8, $9::int8, $10::bool
FROM layerscope_data.plan WHERE source_id = $1::int4
RETURNING plan_id;

-- step: add_objects
-- parameters: $1 source_id int4, $2 plan_id int4, $3 object_ids int4[], $4 their bytes, -1 for not known, int8[]
INSERT INTO layerscope_data.plan_object (source_id, plan_id, store, space, key, bytes)
SELECT $1::int4, $2::int4, o.store, o.space, o.key, nullif(given.bytes, -1)
FROM unnest($3::int4[], $4::int8[]) AS given (object_id, bytes)
JOIN layerscope_data.object o ON o.source_id = $1::int4 AND o.object_id = given.object_id;

-- step: find
-- One plan, or the latest. parameters: $1 source_id int4, $2 plan_id int4 or null
SELECT p.*, p.rules::text AS rules_text
FROM layerscope_data.plan p
WHERE p.source_id = $1::int4 AND ($2::int4 IS NULL OR p.plan_id = $2::int4)
ORDER BY p.plan_id DESC LIMIT 1;

-- step: deletions
-- parameters: $1 source_id int4, $2 plan_id int4
SELECT position, action, repository, tags, digest, exclusive_bytes, reason, is_selected, state, detail, changed_at
FROM layerscope_data.plan_deletion
WHERE source_id = $1::int4 AND plan_id = $2::int4
ORDER BY position;

-- step: set_deletion
-- parameters: $1 source_id int4, $2 plan_id int4, $3 position int4, $4 state text, $5 detail text, $6 when timestamptz
UPDATE layerscope_data.plan_deletion
SET state = $4::text, detail = $5::text, changed_at = $6::timestamptz
WHERE source_id = $1::int4 AND plan_id = $2::int4 AND position = $3::int4;

-- step: set_state
-- parameters: $1 source_id int4, $2 plan_id int4, $3 state text, $4 when timestamptz, $5 verified bytes int8 or null
UPDATE layerscope_data.plan
SET state = $3::text,
    applied_at = CASE WHEN $3::text = 'applied' THEN $4::timestamptz ELSE applied_at END,
    verified_at = CASE WHEN $3::text IN ('verified', 'differs') THEN $4::timestamptz ELSE verified_at END,
    verified_bytes = CASE WHEN $3::text IN ('verified', 'differs') THEN $5::int8 ELSE verified_bytes END
WHERE source_id = $1::int4 AND plan_id = $2::int4;

-- step: held_bytes
-- Orphans are null where nobody looked for them. parameters: $1 the source's name text
SELECT v.stored_bytes, v.orphan_bytes FROM layerscope.sources v WHERE v.source = $1::text;

-- step: planned_objects
-- parameters: $1 source_id int4, $2 plan_id int4
SELECT store, space, key, bytes, is_orphan
FROM layerscope_data.plan_object
WHERE source_id = $1::int4 AND plan_id = $2::int4
ORDER BY key, space, store;
