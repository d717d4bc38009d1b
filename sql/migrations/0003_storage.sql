-- What only a registry's own storage shows (orphans, damaged objects, uploads, where tags once pointed), when things
-- were pushed and pulled, and clean-up plans with what became of them.

-- How much a collection could see: `everything`, or what names lead to (`named`: a registry's API).
ALTER TABLE layerscope_data.collection
    ADD COLUMN scope text NOT NULL DEFAULT 'everything'
        CONSTRAINT collection_scope CHECK (scope IN ('everything', 'named'));

UPDATE layerscope_data.collection c
SET scope = 'named'
FROM layerscope_data.source s
WHERE s.source_id = c.source_id AND s.kind = 'registry';

-- What the latest collection that sees everything said of the repository: what it did not see whole, one that sees only
-- names cannot make whole. Null where there was none.
ALTER TABLE layerscope_data.repository ADD COLUMN is_seen_whole bool;

-- Objects that items list and the source does not have whole. `bytes` is what is there: 0 when the blob is gone.
CREATE TABLE layerscope_data.damaged_object (
    source_id      int4        NOT NULL,
    object_id      int4        NOT NULL,
    bytes          int8        NOT NULL CONSTRAINT damaged_object_bytes CHECK (bytes >= 0),
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, object_id, valid_from),
    CONSTRAINT damaged_object_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX damaged_object_current ON layerscope_data.damaged_object (source_id, object_id)
    WHERE valid_until = 'infinity';

-- Blobs that the source keeps and no item of it lists.
CREATE TABLE layerscope_data.orphan_blob (
    source_id      int4        NOT NULL,
    store          text        NOT NULL DEFAULT '',
    digest         bytea       NOT NULL,
    bytes          int8        NOT NULL CONSTRAINT orphan_blob_bytes CHECK (bytes >= 0),
    modified_at    timestamptz,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, digest, store, valid_from),
    CONSTRAINT orphan_blob_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX orphan_blob_current ON layerscope_data.orphan_blob (source_id, digest, store)
    WHERE valid_until = 'infinity';

-- Their sum, as of the latest collection: null where nobody looked for them.
ALTER TABLE layerscope_data.source_figure ADD COLUMN orphan_bytes int8;

-- Uploads that were begun and not ended.
CREATE TABLE layerscope_data.upload (
    source_id      int4        NOT NULL,
    repository     text        NOT NULL,
    upload_id      text        NOT NULL,
    bytes          int8        NOT NULL CONSTRAINT upload_bytes CHECK (bytes >= 0),
    started_at     timestamptz,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, upload_id, repository, valid_from),
    CONSTRAINT upload_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX upload_current ON layerscope_data.upload (source_id, upload_id, repository)
    WHERE valid_until = 'infinity';

-- What the latest look at the storage found wrong.
CREATE TABLE layerscope_data.storage_finding (
    source_id      int4        NOT NULL,
    position       int4        NOT NULL,
    kind           text        NOT NULL
        CONSTRAINT storage_finding_kind CHECK (
            kind IN ('dangling_link', 'invalid_link', 'wrong_size', 'invalid_manifest', 'missing_child', 'unreadable',
                     'moved', 'unknown_file')),
    repository     text        NOT NULL DEFAULT '',
    path           text        NOT NULL,
    digest         bytea,
    detail         text        NOT NULL DEFAULT '',
    PRIMARY KEY (source_id, position)
);

-- Where tags point and once pointed.
CREATE TABLE layerscope_data.tag_target (
    source_id      int4        NOT NULL,
    repository     text        NOT NULL,
    tag            text        NOT NULL,
    digest         bytea       NOT NULL,
    linked_at      timestamptz,
    PRIMARY KEY (source_id, repository, digest, tag)
);

-- When manifests (tag '') and tags were pushed and pulled last. Only grows: sources tell it at different times, and a
-- registry of repositories that were not collected yet. So repositories have their names here, not their numbers.
CREATE TABLE layerscope_data.activity (
    source_id      int4        NOT NULL,
    repository     text        NOT NULL,
    digest         bytea       NOT NULL,
    tag            text        NOT NULL DEFAULT '',
    pushed_at      timestamptz,
    pulled_at      timestamptz,
    -- Whether pulls are recorded: then no pulled_at says that there was none.
    records_pulls  bool        NOT NULL DEFAULT false,
    PRIMARY KEY (source_id, repository, digest, tag)
);

-- Events that were taken already: a registry sends one again until it is answered.
CREATE TABLE layerscope_data.registry_event (
    source_id      int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    event_id       text        NOT NULL,
    occurred_at    timestamptz NOT NULL,
    received_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source_id, event_id)
);

CREATE INDEX registry_event_received ON layerscope_data.registry_event (received_at);

-- Clean-up plans ------------------------------------------------------------------------------------------------------

CREATE TABLE layerscope_data.plan (
    source_id         int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    plan_id           int4        NOT NULL,
    made_at           timestamptz NOT NULL,
    garbage_collector text        NOT NULL,
    rules             jsonb       NOT NULL,
    -- Bytes that the source held, blobs that nothing lists included, and what the collector was to free of them.
    held_bytes        int8        NOT NULL,
    freed_bytes       int8        NOT NULL,
    garbage_bytes     int8        NOT NULL,
    -- Bytes of what is deleted that stay, because others hold them.
    retained_bytes    int8        NOT NULL,
    -- Objects of unknown size among what goes.
    unknown_objects   int8        NOT NULL,
    -- Whether everything that may hold the objects was seen; otherwise freed_bytes is an upper bound.
    is_exact          bool        NOT NULL,
    state             text        NOT NULL DEFAULT 'made'
        CONSTRAINT plan_state CHECK (state IN ('made', 'applying', 'applied', 'verified', 'differs')),
    applied_at        timestamptz,
    verified_at       timestamptz,
    -- What the source was found to hold less, when the plan was verified.
    verified_bytes    int8,
    PRIMARY KEY (source_id, plan_id)
);

CREATE TABLE layerscope_data.plan_deletion (
    source_id       int4        NOT NULL,
    plan_id         int4        NOT NULL,
    position        int4        NOT NULL,
    -- `untag` takes away a name only; `delete` the manifest or image.
    action          text        NOT NULL CONSTRAINT plan_deletion_action CHECK (action IN ('delete', 'untag')),
    repository      text        NOT NULL,
    tags            text[]      NOT NULL DEFAULT '{}',
    digest          bytea       NOT NULL,
    exclusive_bytes int8        NOT NULL,
    reason          text        NOT NULL DEFAULT '',
    -- Whether a rule selected it; otherwise it follows something that one did.
    is_selected     bool        NOT NULL DEFAULT true,
    state           text        NOT NULL DEFAULT 'planned'
        CONSTRAINT plan_deletion_state CHECK (state IN ('planned', 'deleted', 'gone', 'moved', 'refused', 'failed')),
    detail          text        NOT NULL DEFAULT '',
    changed_at      timestamptz,
    PRIMARY KEY (source_id, plan_id, position),
    FOREIGN KEY (source_id, plan_id) REFERENCES layerscope_data.plan ON DELETE CASCADE
);

-- What was predicted to go, object by object, with blobs that nothing listed. Bytes are null where they cannot be known.
CREATE TABLE layerscope_data.plan_object (
    source_id      int4        NOT NULL,
    plan_id        int4        NOT NULL,
    store          text        NOT NULL DEFAULT '',
    space          text        NOT NULL CONSTRAINT plan_object_space CHECK (space IN ('blob', 'snapshot')),
    key            bytea       NOT NULL,
    bytes          int8,
    is_orphan      bool        NOT NULL DEFAULT false,
    PRIMARY KEY (source_id, plan_id, key, space, store),
    FOREIGN KEY (source_id, plan_id) REFERENCES layerscope_data.plan ON DELETE CASCADE
);

-- What is there now ---------------------------------------------------------------------------------------------------

-- Objects with the bytes that are there: fewer than they must have where they are damaged.
CREATE VIEW layerscope_data.object_now AS
SELECT o.source_id, o.object_id, o.store, o.space, o.key, o.kind,
       CASE WHEN d.object_id IS NULL THEN o.bytes ELSE d.bytes END AS bytes,
       o.media_type, o.diff_id, o.uncompressed_bytes, o.instruction
FROM layerscope_data.object o
LEFT JOIN layerscope_data.damaged_object d
       ON d.source_id = o.source_id AND d.object_id = o.object_id AND d.valid_until = 'infinity';

-- Blobs that nothing lists. One that an item lists again counts there, until a look at the storage ends its row.
CREATE VIEW layerscope_data.orphan_now AS
SELECT b.source_id, b.store, b.digest, b.bytes, b.modified_at, b.valid_from
FROM layerscope_data.orphan_blob b
WHERE b.valid_until = 'infinity'
  AND NOT EXISTS (
      SELECT FROM layerscope_data.object o JOIN layerscope_data.object_figure f USING (source_id, object_id)
      WHERE o.source_id = b.source_id AND o.key = b.digest AND o.space = 'blob' AND o.store = b.store);

-- The latest collection of each scope, failed ones too.
CREATE VIEW layerscope_data.collection_last AS
SELECT DISTINCT ON (c.source_id, c.scope) c.*
FROM layerscope_data.collection c
ORDER BY c.source_id, c.scope, c.collection_id DESC;

-- Views: those of before, with what is new in their last columns ------------------------------------------------------

-- Complete is a source whose latest collection of each scope saw everything in it.
CREATE OR REPLACE VIEW layerscope.sources AS
SELECT s.name AS source, s.kind, s.product, s.location, s.bytes_are,
       last.started_at, last.finished_at,
       coalesce((
           SELECT bool_and(c.is_complete) FROM layerscope_data.collection_last c
           WHERE c.source_id = s.source_id), false) AS complete,
       latest.observed_at, full_run.observed_at AS complete_at,
       f.images, f.items, f.apparent_bytes, f.stored_bytes,
       round(f.apparent_bytes::numeric / nullif(f.stored_bytes, 0), 4)::float8 AS sharing_ratio,
       f.unknown_objects, f.computed_at, s.created_at AS first_seen,
       (SELECT c.observed_at FROM layerscope_data.collection c
        WHERE c.source_id = s.source_id AND c.observed_at IS NOT NULL AND c.scope = 'everything'
        ORDER BY c.collection_id DESC LIMIT 1) AS everything_at,
       f.orphan_bytes
FROM layerscope_data.source s
LEFT JOIN layerscope_data.source_figure f USING (source_id)
LEFT JOIN LATERAL (
    SELECT c.started_at, c.finished_at FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id ORDER BY c.collection_id DESC LIMIT 1) last ON true
LEFT JOIN LATERAL (
    SELECT c.observed_at FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id AND c.observed_at IS NOT NULL ORDER BY c.collection_id DESC LIMIT 1) latest ON true
LEFT JOIN LATERAL (
    SELECT c.observed_at FROM layerscope_data.collection c
    WHERE c.source_id = s.source_id AND c.is_complete ORDER BY c.collection_id DESC LIMIT 1) full_run ON true;

CREATE OR REPLACE VIEW layerscope.collections AS
SELECT s.name AS source, c.collection_id AS collection, c.started_at, c.finished_at, c.observed_at,
       c.observed_at IS NOT NULL AS applied, c.is_complete AS complete, c.tool_version, c.scope
FROM layerscope_data.collection c JOIN layerscope_data.source s USING (source_id);

-- A source that is described by names and by its storage has the aspects of both.
CREATE OR REPLACE VIEW layerscope.coverage AS
SELECT s.name AS source, a.aspect, a.outcome, a.seen, a.expected, a.detail, a.hint, c.started_at, c.finished_at,
       c.observed_at IS NOT NULL AS applied, c.scope, c.observed_at
FROM layerscope_data.collection_last c
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.collection_aspect a USING (source_id, collection_id);

CREATE OR REPLACE VIEW layerscope.images AS
SELECT s.name AS source, r.name AS repository,
       CASE WHEN EXISTS (
           SELECT FROM layerscope_data.item_child c WHERE c.source_id = h.source_id AND c.child_id = h.item_id)
       THEN ARRAY(
           WITH RECURSIVE above (item_id) AS (
               SELECT h.item_id
               UNION
               SELECT c.item_id FROM above
               JOIN layerscope_data.item_child c ON c.source_id = h.source_id AND c.child_id = above.item_id)
           SELECT DISTINCT t.name FROM above
           JOIN layerscope_data.reference t ON t.source_id = h.source_id AND t.item_id = above.item_id
           WHERE t.repository_id = h.repository_id AND t.kind = 'tag' AND t.valid_until = 'infinity'
           ORDER BY t.name)
       ELSE ARRAY(
           SELECT t.name FROM layerscope_data.reference t
           WHERE t.source_id = h.source_id AND t.item_id = h.item_id AND t.repository_id = h.repository_id
             AND t.kind = 'tag' AND t.valid_until = 'infinity'
           ORDER BY t.name)
       END AS tags,
       layerscope.digest_text(i.digest) AS digest, layerscope.digest_text(i.image_id) AS image_id,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at, i.layers,
       f.apparent_bytes, f.stored_bytes, f.exclusive_bytes, f.shared_bytes, hf.fair_share_bytes,
       (SELECT count(*) FROM layerscope_data.container c
        WHERE c.source_id = h.source_id AND c.item_id = h.item_id AND c.valid_until = 'infinity') AS containers,
       w.kind IS NOT NULL AS dangling, w.kind AS waste,
       r.namespace, r.owner, s.bytes_are, h.valid_from AS held_since, i.is_intermediate AS intermediate,
       i.base_name, layerscope.digest_text(i.base_digest) AS base_digest, i.media_type, f.unknown_objects,
       i.labels, i.annotations,
       (SELECT max(a.pushed_at) FROM layerscope_data.activity a
        WHERE a.source_id = h.source_id AND a.repository = r.name AND a.digest = i.digest) AS pushed_at,
       (SELECT max(a.pulled_at) FROM layerscope_data.activity a
        WHERE a.source_id = h.source_id AND a.repository = r.name AND a.digest = i.digest) AS pulled_at
FROM layerscope_data.holding h
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
LEFT JOIN layerscope_data.item_figure f USING (source_id, item_id)
LEFT JOIN layerscope_data.holding_figure hf USING (source_id, repository_id, item_id)
LEFT JOIN layerscope_data.waste_item w USING (source_id, item_id)
WHERE h.valid_until = 'infinity' AND i.kind = 'image';

-- Where a source tells the pulls of each tag they are the tag's, otherwise its manifest's count, too.
CREATE OR REPLACE VIEW layerscope.tags AS
SELECT s.name AS source, r.name AS repository, t.name AS tag, t.kind, i.kind AS item_kind,
       layerscope.digest_text(i.digest) AS digest, layerscope.digest_text(i.image_id) AS image_id,
       layerscope.platform_text(i.os, i.architecture, i.variant) AS platform, i.created_at,
       t.valid_from AS tagged_at,
       f.apparent_bytes, f.stored_bytes, f.exclusive_bytes, f.shared_bytes, hf.fair_share_bytes, f.unknown_objects,
       r.namespace, r.owner, s.bytes_are, i.media_type,
       coalesce(tag.pushed_at, manifest.pushed_at) AS pushed_at,
       CASE WHEN tag.records_pulls THEN tag.pulled_at ELSE greatest(tag.pulled_at, manifest.pulled_at) END AS pulled_at
FROM layerscope_data.reference t
JOIN layerscope_data.source s USING (source_id)
JOIN layerscope_data.repository r USING (source_id, repository_id)
JOIN layerscope_data.item i USING (source_id, item_id)
LEFT JOIN layerscope_data.item_figure f USING (source_id, item_id)
LEFT JOIN layerscope_data.holding_figure hf USING (source_id, repository_id, item_id)
LEFT JOIN layerscope_data.activity tag
       ON tag.source_id = t.source_id AND tag.repository = r.name AND tag.digest = i.digest AND tag.tag = t.name
LEFT JOIN layerscope_data.activity manifest
       ON manifest.source_id = t.source_id AND manifest.repository = r.name AND manifest.digest = i.digest
      AND manifest.tag = ''
WHERE t.valid_until = 'infinity' AND t.kind <> 'digest';

CREATE OR REPLACE VIEW layerscope.item_layers AS
SELECT s.name AS source, layerscope.digest_text(i.digest) AS digest, layerscope.digest_text(i.image_id) AS image_id,
       i.kind AS item_kind, io.position,
       layerscope.digest_text(o.key) AS layer_digest, layerscope.digest_text(o.diff_id) AS diff_id, o.space, o.kind,
       o.media_type, o.bytes, o.uncompressed_bytes, coalesce(io.instruction, o.instruction) AS instruction,
       f.reference_count AS images, f.repositories, i.store
FROM layerscope_data.item_object io
JOIN layerscope_data.item_figure live USING (source_id, item_id)
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.object_now o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.object_figure f USING (source_id, object_id)
WHERE io.position > 0;

CREATE OR REPLACE VIEW layerscope.item_objects AS
SELECT s.name AS source, layerscope.digest_text(i.digest) AS digest, i.kind AS item_kind, io.position, o.kind, o.space,
       layerscope.digest_text(o.key) AS object_digest, o.media_type, o.bytes, f.reference_count AS images,
       f.repositories, i.store
FROM layerscope_data.item_object io
JOIN layerscope_data.item_figure live USING (source_id, item_id)
JOIN layerscope_data.item i USING (source_id, item_id)
JOIN layerscope_data.object_now o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.object_figure f USING (source_id, object_id);

CREATE OR REPLACE VIEW layerscope.objects AS
SELECT s.name AS source, layerscope.digest_text(o.key) AS digest, o.kind, o.space, o.bytes,
       f.reference_count AS images, f.repositories, o.media_type, o.store, s.bytes_are
FROM layerscope_data.object_figure f
JOIN layerscope_data.object_now o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id);

CREATE OR REPLACE VIEW layerscope.layers AS
SELECT s.name AS source, layerscope.digest_text(o.key) AS digest, layerscope.digest_text(o.diff_id) AS diff_id,
       o.bytes, o.uncompressed_bytes, f.reference_count AS images, f.repositories, o.instruction,
       o.bytes * (f.reference_count - 1) AS saved_bytes, o.space, o.media_type, o.store, s.bytes_are
FROM layerscope_data.object_figure f
JOIN layerscope_data.object_now o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
WHERE o.kind = 'layer';

CREATE OR REPLACE VIEW layerscope.reference_counts AS
SELECT s.name AS source, f.reference_count, count(*) AS objects, coalesce(sum(o.bytes), 0)::int8 AS bytes,
       count(*) FILTER (WHERE o.bytes IS NULL) AS unknown_objects, s.bytes_are
FROM layerscope_data.object_figure f
JOIN layerscope_data.object_now o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
GROUP BY s.name, s.bytes_are, f.reference_count;

CREATE OR REPLACE VIEW layerscope.duplicates AS
SELECT s.name AS source, layerscope.digest_text(d.diff_id) AS diff_id, d.copies, d.bytes, d.duplicate_bytes,
       d.unknown_objects, d.digests, d.instruction, d.store, s.bytes_are
FROM (
    SELECT o.source_id, o.store, o.diff_id, count(*) AS copies, sum(o.bytes)::int8 AS bytes,
           (sum(o.bytes) - min(o.bytes))::int8 AS duplicate_bytes,
           count(*) FILTER (WHERE o.bytes IS NULL) AS unknown_objects,
           array_agg(layerscope.digest_text(o.key) ORDER BY o.bytes, o.key) AS digests,
           (array_agg(o.instruction ORDER BY o.bytes, o.key))[1] AS instruction
    FROM layerscope_data.object_figure f
    JOIN layerscope_data.object_now o USING (source_id, object_id)
    WHERE o.space = 'blob' AND o.diff_id IS NOT NULL
    GROUP BY o.source_id, o.store, o.diff_id
    HAVING count(*) > 1) d
JOIN layerscope_data.source s USING (source_id);

-- Views: storage ------------------------------------------------------------------------------------------------------

CREATE VIEW layerscope.orphans AS
SELECT s.name AS source, layerscope.digest_text(b.digest) AS digest, b.bytes, b.modified_at,
       b.valid_from AS seen_since, b.store
FROM layerscope_data.orphan_now b JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.damaged_objects AS
SELECT s.name AS source, layerscope.digest_text(o.key) AS digest, o.kind, d.bytes, o.bytes AS expected_bytes,
       coalesce(f.reference_count, 0) AS images, coalesce(f.repositories, 0) AS repositories,
       d.valid_from AS seen_since, o.store
FROM layerscope_data.damaged_object d
JOIN layerscope_data.object o USING (source_id, object_id)
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN layerscope_data.object_figure f USING (source_id, object_id)
WHERE d.valid_until = 'infinity';

CREATE VIEW layerscope.uploads AS
SELECT s.name AS source, u.repository, u.upload_id AS upload, u.bytes, u.started_at, u.valid_from AS seen_since
FROM layerscope_data.upload u JOIN layerscope_data.source s USING (source_id)
WHERE u.valid_until = 'infinity';

CREATE VIEW layerscope.storage_findings AS
SELECT s.name AS source, f.kind, f.repository, f.path, layerscope.digest_text(f.digest) AS digest, f.detail
FROM layerscope_data.storage_finding f JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.tag_targets AS
SELECT s.name AS source, t.repository, t.tag, layerscope.digest_text(t.digest) AS digest, t.linked_at,
       coalesce(now.points, false) AS current, coalesce(now.is_held AND NOT now.is_tagged, false) AS superseded
FROM layerscope_data.tag_target t
JOIN layerscope_data.source s USING (source_id)
LEFT JOIN LATERAL (
    SELECT bool_or(h.item_id IS NOT NULL) AS is_held,
           bool_or(EXISTS (
               SELECT FROM layerscope_data.reference x
               WHERE x.source_id = i.source_id AND x.item_id = i.item_id AND x.repository_id = r.repository_id
                 AND x.kind <> 'digest' AND x.valid_until = 'infinity')) AS is_tagged,
           bool_or(EXISTS (
               SELECT FROM layerscope_data.reference x
               WHERE x.source_id = i.source_id AND x.item_id = i.item_id AND x.repository_id = r.repository_id
                 AND x.kind <> 'digest' AND x.name = t.tag AND x.valid_until = 'infinity')) AS points
    FROM layerscope_data.repository r
    JOIN layerscope_data.item i ON i.source_id = r.source_id AND i.digest = t.digest
    LEFT JOIN layerscope_data.holding h
           ON h.source_id = r.source_id AND h.repository_id = r.repository_id AND h.item_id = i.item_id
          AND h.valid_until = 'infinity'
    WHERE r.source_id = t.source_id AND r.name = t.repository) now ON true;

CREATE VIEW layerscope.activity AS
SELECT s.name AS source, a.repository, nullif(a.tag, '') AS tag, layerscope.digest_text(a.digest) AS digest,
       a.pushed_at, a.pulled_at, a.records_pulls
FROM layerscope_data.activity a JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.plans AS
SELECT s.name AS source, p.plan_id AS plan, p.made_at, p.garbage_collector, p.state, d.deletions, d.deleted, d.failed,
       p.held_bytes, p.freed_bytes, p.garbage_bytes, p.retained_bytes, p.unknown_objects, p.is_exact AS exact,
       p.applied_at, p.verified_at, p.verified_bytes, p.rules
FROM layerscope_data.plan p
JOIN layerscope_data.source s USING (source_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS deletions, count(*) FILTER (WHERE d.state IN ('deleted', 'gone')) AS deleted,
           count(*) FILTER (WHERE d.state IN ('moved', 'refused', 'failed')) AS failed
    FROM layerscope_data.plan_deletion d
    WHERE d.source_id = p.source_id AND d.plan_id = p.plan_id) d;

CREATE VIEW layerscope.plan_deletions AS
SELECT s.name AS source, d.plan_id AS plan, d.position, d.action, d.repository, d.tags,
       layerscope.digest_text(d.digest) AS digest, d.exclusive_bytes, d.reason, d.is_selected AS selected, d.state,
       d.detail, d.changed_at
FROM layerscope_data.plan_deletion d JOIN layerscope_data.source s USING (source_id);

-- A source is dropped whole -------------------------------------------------------------------------------------------

CREATE FUNCTION layerscope_data.drop_storage_with_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM layerscope_data.damaged_object  WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.orphan_blob     WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.upload          WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.storage_finding WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.tag_target      WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.activity        WHERE source_id = OLD.source_id;
    RETURN OLD;
END
$$;

CREATE TRIGGER drop_storage_with_source BEFORE DELETE ON layerscope_data.source
    FOR EACH ROW EXECUTE FUNCTION layerscope_data.drop_storage_with_source();
