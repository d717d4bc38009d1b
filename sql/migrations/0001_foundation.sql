-- The foundation: sources, what they hold and from when to when, and the figures of the latest state.
--
-- Everything that belongs to a source leads its key with source_id, so that one source lies together, two sources
-- never contend, and a source can be dropped whole. Digests are raw bytes: 32 are sha256, 64 are sha512.
-- Bytes are int8; null is "cannot be known", never zero.
--
-- Items, objects, repositories and collections are numbered from 1 within their source by the one writer that holds the
-- source's advisory lock: no sequence is shared between sources, and a graph is read into plain arrays.
-- The large tables carry no foreign keys: a large collection writes tens of millions of rows, each of which would be
-- looked up again. The writer joins what it inserts, `integrity.sql` finds rows that hang in the air, and a trigger
-- takes everything away with its source.

-- Tables live in layerscope_data; the views that people query live in layerscope.
CREATE SCHEMA IF NOT EXISTS layerscope_data;
CREATE SCHEMA layerscope;

-- Sources and collections ---------------------------------------------------------------------------------------------

CREATE TABLE layerscope_data.source (
    source_id      int4        GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text        NOT NULL CONSTRAINT source_name_unique UNIQUE,
    kind           text        NOT NULL
        CONSTRAINT source_kind CHECK (kind IN ('engine', 'registry', 'archive', 'builder')),
    location       text        NOT NULL,
    product        text        NOT NULL DEFAULT '',
    bytes_are      text        NOT NULL CONSTRAINT source_bytes_are CHECK (bytes_are IN ('unpacked', 'stored')),
    created_at     timestamptz NOT NULL DEFAULT now()
);

-- One run of one collector. A row is written in the transaction that applies the collection, or for a run that failed.
CREATE TABLE layerscope_data.collection (
    source_id      int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    collection_id  int4        NOT NULL,
    started_at     timestamptz NOT NULL,
    finished_at    timestamptz NOT NULL,
    -- The moment that the picture stands for: started_at, or just after the one before when the clock went back.
    -- Null for a run that failed and changed nothing.
    observed_at    timestamptz,
    is_complete    bool        NOT NULL,
    tool_version   text        NOT NULL DEFAULT '',
    PRIMARY KEY (source_id, collection_id)
);

CREATE TABLE layerscope_data.collection_aspect (
    source_id      int4        NOT NULL,
    collection_id  int4        NOT NULL,
    aspect         text        NOT NULL,
    outcome        text        NOT NULL
        CONSTRAINT collection_aspect_outcome CHECK (outcome IN ('complete', 'incomplete', 'failed', 'not_available')),
    seen           int8        NOT NULL DEFAULT 0,
    expected       int8,
    detail         text        NOT NULL DEFAULT '',
    hint           text        NOT NULL DEFAULT '',
    PRIMARY KEY (source_id, collection_id, aspect),
    FOREIGN KEY (source_id, collection_id) REFERENCES layerscope_data.collection ON DELETE CASCADE
);

-- What the source says of itself, to be set beside our own figures.
CREATE TABLE layerscope_data.reported_figure (
    source_id      int4        NOT NULL,
    collection_id  int4        NOT NULL,
    name           text        NOT NULL,
    bytes          int8        NOT NULL,
    note           text        NOT NULL DEFAULT '',
    PRIMARY KEY (source_id, collection_id, name),
    FOREIGN KEY (source_id, collection_id) REFERENCES layerscope_data.collection ON DELETE CASCADE
);

-- Manifests, indexes and configurations as fetched: content-addressed and immutable, each fetched once ever.
-- Kept while a collection runs, so by the source's name: its first collection may never come to its end.
CREATE TABLE layerscope_data.document (
    source_name    text        NOT NULL,
    digest         bytea       NOT NULL,
    media_type     text,
    content        bytea       NOT NULL,
    PRIMARY KEY (source_name, digest)
);

-- What is there -------------------------------------------------------------------------------------------------------

CREATE TABLE layerscope_data.repository (
    source_id      int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    repository_id  int4        NOT NULL,
    name           text        NOT NULL,
    -- All but the last part of the name.
    namespace      text        NOT NULL GENERATED ALWAYS AS (
        CASE WHEN strpos(name, '/') > 0 THEN regexp_replace(name, '/[^/]*$', '') ELSE '<none>' END) STORED,
    owner          text        NOT NULL DEFAULT '<none>',
    -- Whether everything in it was seen when it was last looked at.
    is_complete    bool        NOT NULL,
    PRIMARY KEY (source_id, repository_id),
    CONSTRAINT repository_name_unique UNIQUE (source_id, name)
);

-- When the repository was there: it may go and come back.
CREATE TABLE layerscope_data.repository_period (
    source_id      int4        NOT NULL,
    repository_id  int4        NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, repository_id, valid_from),
    CONSTRAINT repository_period_valid CHECK (valid_from < valid_until),
    FOREIGN KEY (source_id, repository_id) REFERENCES layerscope_data.repository ON DELETE CASCADE
);

CREATE UNIQUE INDEX repository_period_current ON layerscope_data.repository_period (source_id, repository_id)
    WHERE valid_until = 'infinity';

-- Content-addressed things, with the bytes they take. `store` is empty where the source keeps content once, and the
-- repository's name where a registry keeps blobs for each repository by itself.
CREATE TABLE layerscope_data.object (
    source_id          int4  NOT NULL,
    object_id          int4  NOT NULL,
    store              text  NOT NULL DEFAULT '',
    space              text  NOT NULL CONSTRAINT object_space CHECK (space IN ('blob', 'snapshot')),
    key                bytea NOT NULL,
    kind               text  NOT NULL
        CONSTRAINT object_kind
        CHECK (kind IN ('manifest', 'index', 'configuration', 'layer', 'blob', 'foreign_layer')),
    bytes              int8  CONSTRAINT object_bytes CHECK (bytes >= 0),
    media_type         text,
    diff_id            bytea,
    uncompressed_bytes int8  CONSTRAINT object_uncompressed_bytes CHECK (uncompressed_bytes >= 0),
    instruction        text,
    PRIMARY KEY (source_id, object_id),
    CONSTRAINT object_key_unique UNIQUE (source_id, key, space, store)
);

CREATE INDEX object_diff_id ON layerscope_data.object (diff_id) WHERE diff_id IS NOT NULL;
CREATE INDEX object_key ON layerscope_data.object (key);

-- Images, indexes, attestations, artifacts and caches. Immutable but for what was not known before.
CREATE TABLE layerscope_data.item (
    source_id       int4        NOT NULL,
    item_id         int4        NOT NULL,
    store           text        NOT NULL DEFAULT '',
    kind            text        NOT NULL
        CONSTRAINT item_kind CHECK (kind IN ('image', 'index', 'attestation', 'artifact', 'cache')),
    digest          bytea       NOT NULL,
    -- What was recorded of the item, in 64 bits of a hash: seen again unchanged, it is not written again.
    fingerprint     int8        NOT NULL,
    media_type      text,
    artifact_type   text,
    image_id        bytea,
    os              text,
    architecture    text,
    variant         text,
    os_version      text,
    created_at      timestamptz,
    subject         bytea,
    parent          bytea,
    is_intermediate bool        NOT NULL DEFAULT false,
    -- How many layers it has, foreign ones included; a layer listed twice counts twice.
    layers          int4        NOT NULL DEFAULT 0,
    -- The image it says it was built on: org.opencontainers.image.base.digest and .base.name, annotation before label.
    base_digest     bytea,
    base_name       text,
    labels          jsonb       NOT NULL DEFAULT '{}',
    annotations     jsonb       NOT NULL DEFAULT '{}',
    -- Not jsonb, which knows no \u0000 and keeps no order.
    configuration   json,
    PRIMARY KEY (source_id, item_id),
    CONSTRAINT item_digest_unique UNIQUE (source_id, digest, store)
);

CREATE INDEX item_image_id ON layerscope_data.item (image_id) WHERE image_id IS NOT NULL;
CREATE INDEX item_base_digest ON layerscope_data.item (base_digest) WHERE base_digest IS NOT NULL;
CREATE INDEX item_digest ON layerscope_data.item (digest);
CREATE INDEX item_subject ON layerscope_data.item (source_id, subject) WHERE subject IS NOT NULL;

-- An item's own objects; a layer may stand there twice. Layers have the positions 1, 2, … from the base on, other
-- objects negative ones, so that ordered by position an item's documents come before its layers.
CREATE TABLE layerscope_data.item_object (
    source_id      int4        NOT NULL,
    item_id        int4        NOT NULL,
    position       int4        NOT NULL,
    object_id      int4        NOT NULL,
    -- Where the item's history has another instruction for the layer than the object has.
    instruction    text,
    PRIMARY KEY (source_id, item_id, position)
);

CREATE INDEX item_object_object ON layerscope_data.item_object (source_id, object_id);

-- An index's entries, from position 1; `child_id` is null while the child was never read.
CREATE TABLE layerscope_data.item_child (
    source_id      int4        NOT NULL,
    item_id        int4        NOT NULL,
    position       int4        NOT NULL,
    digest         bytea       NOT NULL,
    child_id       int4,
    os             text,
    architecture   text,
    variant        text,
    PRIMARY KEY (source_id, item_id, position)
);

CREATE INDEX item_child_child ON layerscope_data.item_child (source_id, child_id);
CREATE INDEX item_child_unread ON layerscope_data.item_child (source_id, digest) WHERE child_id IS NULL;

-- What is held, from when to when: [valid_from, valid_until) ----------------------------------------------------------

CREATE TABLE layerscope_data.holding (
    source_id      int4        NOT NULL,
    repository_id  int4        NOT NULL,
    item_id        int4        NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, repository_id, item_id, valid_from),
    CONSTRAINT holding_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX holding_current ON layerscope_data.holding (source_id, repository_id, item_id)
    WHERE valid_until = 'infinity';
CREATE INDEX holding_item ON layerscope_data.holding (source_id, item_id);

CREATE TABLE layerscope_data.reference (
    source_id      int4        NOT NULL,
    repository_id  int4        NOT NULL,
    kind           text        NOT NULL
        CONSTRAINT reference_kind CHECK (kind IN ('tag', 'referrer_tag', 'digest')),
    name           text        NOT NULL,
    item_id        int4        NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, repository_id, kind, name, valid_from),
    CONSTRAINT reference_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX reference_current ON layerscope_data.reference (source_id, repository_id, kind, name)
    WHERE valid_until = 'infinity';
CREATE INDEX reference_item ON layerscope_data.reference (source_id, item_id);

-- Entries of an index that the source did not have.
CREATE TABLE layerscope_data.missing_child (
    source_id      int4        NOT NULL,
    item_id        int4        NOT NULL,
    position       int4        NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, item_id, position, valid_from),
    CONSTRAINT missing_child_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX missing_child_current ON layerscope_data.missing_child (source_id, item_id, position)
    WHERE valid_until = 'infinity';

CREATE TABLE layerscope_data.container (
    source_id      int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    container_id   text        NOT NULL,
    name           text        NOT NULL,
    item_id        int4,
    image_name     text        NOT NULL,
    state          text        NOT NULL,
    created_at     timestamptz,
    writable_bytes int8,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, container_id, valid_from),
    CONSTRAINT container_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX container_current ON layerscope_data.container (source_id, container_id)
    WHERE valid_until = 'infinity';

CREATE TABLE layerscope_data.cache_record (
    source_id      int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    record_id      text        NOT NULL,
    record_type    text        NOT NULL,
    description    text        NOT NULL,
    bytes          int8,
    is_in_use      bool        NOT NULL,
    is_shared      bool        NOT NULL,
    created_at     timestamptz,
    last_used_at   timestamptz,
    usage_count    int8        NOT NULL,
    parents        text[]      NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_until    timestamptz NOT NULL DEFAULT 'infinity',
    PRIMARY KEY (source_id, record_id, valid_from),
    CONSTRAINT cache_record_valid CHECK (valid_from < valid_until)
);

CREATE UNIQUE INDEX cache_record_current ON layerscope_data.cache_record (source_id, record_id)
    WHERE valid_until = 'infinity';

-- Figures of the latest state, computed once and read by everyone -----------------------------------------------------

CREATE TABLE layerscope_data.source_figure (
    source_id        int4        NOT NULL PRIMARY KEY REFERENCES layerscope_data.source ON DELETE CASCADE,
    images           int8        NOT NULL,
    items            int8        NOT NULL,
    apparent_bytes   int8        NOT NULL,
    stored_bytes     int8        NOT NULL,
    exclusive_bytes  int8        NOT NULL,
    shared_bytes     int8        NOT NULL,
    fair_share_bytes int8        NOT NULL,
    unknown_objects  int8        NOT NULL,
    computed_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE layerscope_data.group_figure (
    source_id        int4 NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    grouping         text NOT NULL
        CONSTRAINT group_figure_grouping CHECK (grouping IN ('repository', 'namespace', 'owner')),
    key              text NOT NULL,
    images           int8 NOT NULL,
    items            int8 NOT NULL,
    apparent_bytes   int8 NOT NULL,
    stored_bytes     int8 NOT NULL,
    exclusive_bytes  int8 NOT NULL,
    shared_bytes     int8 NOT NULL,
    fair_share_bytes int8 NOT NULL,
    unknown_objects  int8 NOT NULL,
    PRIMARY KEY (source_id, grouping, key)
);

-- Items that are held, or below a held index.
CREATE TABLE layerscope_data.item_figure (
    source_id        int4 NOT NULL,
    item_id          int4 NOT NULL,
    apparent_bytes   int8 NOT NULL,
    stored_bytes     int8 NOT NULL,
    exclusive_bytes  int8 NOT NULL,
    shared_bytes     int8 NOT NULL,
    fair_share_bytes int8 NOT NULL,
    unknown_objects  int8 NOT NULL,
    PRIMARY KEY (source_id, item_id)
);

CREATE TABLE layerscope_data.holding_figure (
    source_id        int4 NOT NULL,
    repository_id    int4 NOT NULL,
    item_id          int4 NOT NULL,
    fair_share_bytes int8 NOT NULL,
    PRIMARY KEY (source_id, repository_id, item_id)
);

-- Objects that a held item reaches.
CREATE TABLE layerscope_data.object_figure (
    source_id        int4 NOT NULL,
    object_id        int4 NOT NULL,
    reference_count  int8 NOT NULL,
    repositories     int8 NOT NULL,
    PRIMARY KEY (source_id, object_id)
);

CREATE TABLE layerscope_data.waste_item (
    source_id        int4 NOT NULL,
    kind             text NOT NULL
        CONSTRAINT waste_item_kind CHECK (kind IN ('dangling', 'untagged', 'orphaned')),
    item_id          int4 NOT NULL,
    PRIMARY KEY (source_id, item_id)
);

-- What goes if all waste of a kind goes together; kind `all` is everything together.
CREATE TABLE layerscope_data.waste_figure (
    source_id        int4 NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    kind             text NOT NULL
        CONSTRAINT waste_figure_kind CHECK (kind IN ('dangling', 'untagged', 'orphaned', 'all')),
    items            int8 NOT NULL,
    stored_bytes     int8 NOT NULL,
    exclusive_bytes  int8 NOT NULL,
    PRIMARY KEY (source_id, kind)
);

-- The identities, as the last computation found them.
CREATE TABLE layerscope_data.figure_check (
    source_id        int4 NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    position         int4 NOT NULL,
    name             text NOT NULL,
    scope            text NOT NULL,
    left_bytes       int8 NOT NULL,
    right_bytes      int8 NOT NULL,
    outcome          text NOT NULL
        CONSTRAINT figure_check_outcome CHECK (outcome IN ('holds', 'broken', 'explained')),
    note             text NOT NULL DEFAULT '',
    PRIMARY KEY (source_id, position)
);

-- A source is dropped whole -------------------------------------------------------------------------------------------

CREATE FUNCTION layerscope_data.drop_with_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM layerscope_data.waste_item     WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.object_figure  WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.holding_figure WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.item_figure    WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.missing_child  WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.reference      WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.holding        WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.item_child     WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.item_object    WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.item           WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.object         WHERE source_id = OLD.source_id;
    DELETE FROM layerscope_data.document       WHERE source_name = OLD.name;
    RETURN OLD;
END
$$;

CREATE TRIGGER drop_with_source BEFORE DELETE ON layerscope_data.source
    FOR EACH ROW EXECUTE FUNCTION layerscope_data.drop_with_source();
