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
    repository_id  int4        NOT NULL,
    tag            text        NOT NULL,
    digest         bytea       NOT NULL,
    linked_at      timestamptz,
    PRIMARY KEY (source_id, repository_id, digest, tag)
);

-- When manifests (tag '') and tags were pushed and pulled last. Only grows: sources tell it at different times.
CREATE TABLE layerscope_data.activity (
    source_id      int4        NOT NULL,
    repository_id  int4        NOT NULL,
    digest         bytea       NOT NULL,
    tag            text        NOT NULL DEFAULT '',
    pushed_at      timestamptz,
    pulled_at      timestamptz,
    -- Whether pulls are recorded: then no pulled_at says that there was none.
    records_pulls  bool        NOT NULL DEFAULT false,
    PRIMARY KEY (source_id, repository_id, digest, tag)
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
    state             text        NOT NULL
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
    state           text        NOT NULL DEFAULT 'planned'
        CONSTRAINT plan_deletion_state CHECK (state IN ('planned', 'deleted', 'gone', 'moved', 'refused', 'failed')),
    detail          text        NOT NULL DEFAULT '',
    changed_at      timestamptz,
    PRIMARY KEY (source_id, plan_id, position),
    FOREIGN KEY (source_id, plan_id) REFERENCES layerscope_data.plan ON DELETE CASCADE
);

-- What was predicted to go, object by object.
CREATE TABLE layerscope_data.plan_object (
    source_id      int4        NOT NULL,
    plan_id        int4        NOT NULL,
    space          text        NOT NULL,
    key            bytea       NOT NULL,
    bytes          int8        NOT NULL,
    PRIMARY KEY (source_id, plan_id, key, space),
    FOREIGN KEY (source_id, plan_id) REFERENCES layerscope_data.plan ON DELETE CASCADE
);

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
