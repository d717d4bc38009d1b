-- name: stage
-- for: script
-- question: (none) makes the temporary tables into which a collection stages what it saw
CREATE TEMPORARY TABLE staged_repository (n int4 NOT NULL, name text NOT NULL, is_complete bool);
CREATE TEMPORARY TABLE staged_object (
    n int4 NOT NULL, store text NOT NULL, space text NOT NULL, kind text NOT NULL, key bytea NOT NULL, bytes int8,
    is_measured bool NOT NULL, media_type text, diff_id bytea, uncompressed_bytes int8, instruction text);
CREATE TEMPORARY TABLE staged_item (
    n int4 NOT NULL, store text NOT NULL, kind text NOT NULL, digest bytea NOT NULL, fingerprint int8 NOT NULL,
    media_type text, artifact_type text, image_id bytea, os text, architecture text, variant text, os_version text,
    created_at timestamptz, subject bytea, parent bytea, is_intermediate bool NOT NULL, layers int4 NOT NULL,
    objects int4 NOT NULL, children int4 NOT NULL, base_digest bytea, base_name text, labels jsonb NOT NULL,
    annotations jsonb NOT NULL, configuration json);
CREATE TEMPORARY TABLE staged_item_object (
    item int4 NOT NULL, position int4 NOT NULL, object int4 NOT NULL, instruction text);
CREATE TEMPORARY TABLE staged_child (
    item int4 NOT NULL, position int4 NOT NULL, digest bytea NOT NULL, is_present bool NOT NULL, os text,
    architecture text, variant text);
CREATE TEMPORARY TABLE staged_holding (repository int4 NOT NULL, store text NOT NULL, item bytea NOT NULL);
CREATE TEMPORARY TABLE staged_reference (
    n int4 NOT NULL, repository int4 NOT NULL, store text NOT NULL, kind text NOT NULL, name text NOT NULL,
    item bytea NOT NULL);
CREATE TEMPORARY TABLE staged_container (
    n int4 NOT NULL, container_id text NOT NULL, name text NOT NULL, item bytea, image_name text NOT NULL,
    state text NOT NULL, created_at timestamptz, writable_bytes int8);
CREATE TEMPORARY TABLE staged_cache_record (
    n int4 NOT NULL, record_id text NOT NULL, record_type text NOT NULL, description text NOT NULL, bytes int8,
    is_in_use bool NOT NULL, is_shared bool NOT NULL, created_at timestamptz, last_used_at timestamptz,
    usage_count int8 NOT NULL, parents text[] NOT NULL);
CREATE TEMPORARY TABLE staged_reported (n int4 NOT NULL, name text NOT NULL, bytes int8 NOT NULL, note text NOT NULL);

-- What staged numbers turned out to be.
-- The instruction is only here where the object may have another one.
CREATE TEMPORARY TABLE object_map (n int4 NOT NULL, object_id int4 NOT NULL, is_first bool NOT NULL, instruction text);
CREATE TEMPORARY TABLE item_map (
    n int4 NOT NULL, item_id int4 NOT NULL, is_new bool NOT NULL, is_best bool NOT NULL, is_changed bool NOT NULL);
CREATE TEMPORARY TABLE repository_map (n int4 NOT NULL, repository_id int4 NOT NULL);
CREATE TEMPORARY TABLE seen_repository (
    repository_id int4 NOT NULL, name text NOT NULL, is_new bool NOT NULL, is_complete bool);
CREATE TEMPORARY TABLE closable_repository (repository_id int4 NOT NULL);
CREATE TEMPORARY TABLE wanted_holding (repository_id int4 NOT NULL, item_id int4 NOT NULL);
CREATE TEMPORARY TABLE wanted_reference (
    repository_id int4 NOT NULL, kind text NOT NULL, name text NOT NULL, item_id int4 NOT NULL);

-- What only storage shows, and when things were used. Repositories stand here by name.
CREATE TEMPORARY TABLE staged_damaged (n int4 NOT NULL, store text NOT NULL, key bytea NOT NULL, bytes int8 NOT NULL);
CREATE TEMPORARY TABLE staged_orphan (
    n int4 NOT NULL, store text NOT NULL, digest bytea NOT NULL, bytes int8 NOT NULL, modified_at timestamptz);
CREATE TEMPORARY TABLE staged_upload (
    n int4 NOT NULL, repository text NOT NULL, upload_id text NOT NULL, bytes int8 NOT NULL, started_at timestamptz);
CREATE TEMPORARY TABLE staged_finding (
    kind text NOT NULL, repository text NOT NULL, path text NOT NULL, digest bytea, detail text NOT NULL);
CREATE TEMPORARY TABLE staged_tag_target (
    repository text NOT NULL, tag text NOT NULL, digest bytea NOT NULL, linked_at timestamptz);
CREATE TEMPORARY TABLE staged_activity (
    repository text NOT NULL, digest bytea NOT NULL, tag text NOT NULL, pushed_at timestamptz, pulled_at timestamptz,
    records_pulls bool NOT NULL);

-- Builds in the form of the tables that they go to; their numbers are those in which they came.
CREATE TEMPORARY TABLE staged_build (LIKE layerscope_data.build INCLUDING DEFAULTS);
CREATE TEMPORARY TABLE staged_build_step (LIKE layerscope_data.build_step INCLUDING DEFAULTS);
-- What was computed of builds (their number of hits without an estimate is in `number`) and steps.
CREATE TEMPORARY TABLE staged_build_figure (
    source_id int4 NOT NULL, build_id int4 NOT NULL, number int4 NOT NULL, is_build bool NOT NULL, saved_ns int8,
    lost_ns int8, cause text, evidence text);
