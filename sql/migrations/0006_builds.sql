-- Builds: what ran, what came from the cache, what that saved and lost.
--
-- A build has a number of its own over all sources: one that was read from a log, from a record and from the builder
-- itself is one build, of the source that told of it first. Builds are written under one advisory lock. Text that says
-- nothing is null, never ''.

CREATE TABLE layerscope_data.build (
    source_id       int4        NOT NULL REFERENCES layerscope_data.source ON DELETE CASCADE,
    build_id        int4        NOT NULL,
    reference       text,
    content_digest  bytea       NOT NULL,
    -- A hash of the tool and the instructions that ran or hit: what two readings of one build have in common.
    fingerprint     int8        NOT NULL,
    form            text        NOT NULL CONSTRAINT build_form CHECK (form IN ('log', 'rawjson', 'record', 'api')),
    tool            text        NOT NULL
        CONSTRAINT build_tool CHECK (tool IN ('buildkit', 'classic', 'buildah', 'kaniko')),
    project         text,
    target          text,
    dockerfile      text,
    branch          text,
    commit          text,
    builder         text,
    started_at      timestamptz,
    duration_ns     int8        CONSTRAINT build_duration CHECK (duration_ns >= 0),
    result          text        NOT NULL
        CONSTRAINT build_result CHECK (result IN ('completed', 'failed', 'canceled', 'unknown')),
    error           text,
    image_digest    bytea,
    image_names     text[]      NOT NULL DEFAULT '{}',
    vertices        int4,
    cached_vertices int4,
    uses_cache      bool        NOT NULL,
    gaps            text[]      NOT NULL DEFAULT '{}',
    -- The moment of the collection that told of it first: the latest time at which it can have run.
    seen_at         timestamptz NOT NULL,
    -- Instructions; those of them that hit and missed, as far as the builder uses a cache; and what the misses took.
    steps           int4        NOT NULL,
    hits            int4        NOT NULL,
    misses          int4        NOT NULL,
    run_ns          int8,
    -- What hits saved and needless misses cost; null where that is known of no step. Of so many hits it is not known.
    saved_ns        int8,
    lost_ns         int8,
    unknown_hits    int4        NOT NULL DEFAULT 0,
    PRIMARY KEY (source_id, build_id)
);

CREATE UNIQUE INDEX build_number ON layerscope_data.build (build_id);
CREATE INDEX build_reference ON layerscope_data.build (reference) WHERE reference IS NOT NULL;
CREATE INDEX build_fingerprint ON layerscope_data.build (fingerprint);
CREATE INDEX build_started ON layerscope_data.build (started_at);
CREATE INDEX build_lineage ON layerscope_data.build (
    coalesce(project, ''), coalesce(target, ''), coalesce(dockerfile, ''));

-- What a build was read from: a log that is read again is the same build. Two builds may have the same log.
CREATE TABLE layerscope_data.build_reading (
    source_id       int4        NOT NULL,
    build_id        int4        NOT NULL,
    digest          bytea       NOT NULL,
    form            text        NOT NULL
        CONSTRAINT build_reading_form CHECK (form IN ('log', 'rawjson', 'record', 'api')),
    PRIMARY KEY (source_id, build_id, digest),
    FOREIGN KEY (source_id, build_id) REFERENCES layerscope_data.build ON DELETE CASCADE
);

CREATE INDEX build_reading_digest ON layerscope_data.build_reading (digest);

-- Steps, from number 1. No foreign key: there are forty times as many as builds.
CREATE TABLE layerscope_data.build_step (
    source_id       int4        NOT NULL,
    build_id        int4        NOT NULL,
    number          int4        NOT NULL,
    kind            text        NOT NULL
        CONSTRAINT build_step_kind CHECK (
            kind IN ('instruction', 'from', 'context', 'internal', 'auth', 'cache_import', 'cache_export', 'export',
                     'other')),
    name            text        NOT NULL,
    platform        text,
    stage           text,
    position        int4,
    positions       int4,
    instruction     text,
    text            text        NOT NULL,
    vertex          bytea,
    inputs          int4[]      NOT NULL DEFAULT '{}',
    outcome         text        NOT NULL
        CONSTRAINT build_step_outcome CHECK (
            outcome IN ('hit', 'miss', 'not_probed', 'completed', 'skipped', 'failed', 'canceled')),
    start_ns        int8,
    duration_ns     int8        CONSTRAINT build_step_duration CHECK (duration_ns >= 0),
    error           text,
    first_line      int4,
    last_line       int4,
    layers          bytea[]     NOT NULL DEFAULT '{}',
    -- As the builder printed it, so that it may be the beginning of an ID.
    image_id        text,
    -- Whether it counts in a hit rate: an instruction that hit or missed, with a builder that uses a cache.
    is_hit          bool        NOT NULL,
    is_miss         bool        NOT NULL,
    saved_ns        int8,
    lost_ns         int8,
    -- Of the first miss of a stage.
    cause           text
        CONSTRAINT build_step_cause CHECK (
            cause IN ('base_moved', 'instruction_changed', 'inputs_changed', 'earlier_step', 'not_in_cache',
                      'not_cacheable', 'unknown')),
    evidence        text,
    PRIMARY KEY (source_id, build_id, number)
);

-- By the beginning of the text: an instruction may be longer than an index takes.
CREATE INDEX build_step_text ON layerscope_data.build_step (left(text, 200) text_pattern_ops)
    WHERE kind = 'instruction';
CREATE INDEX build_step_first_miss ON layerscope_data.build_step (source_id, build_id, number)
    WHERE cause IS NOT NULL;

-- Builds of several sources are compared with each other, so whoever takes some away waits for who writes.
CREATE FUNCTION layerscope_data.drop_builds_with_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1279350611, -6);
    DELETE FROM layerscope_data.build_step WHERE source_id = OLD.source_id;
    RETURN OLD;
END
$$;

CREATE TRIGGER drop_builds_with_source BEFORE DELETE ON layerscope_data.source
    FOR EACH ROW EXECUTE FUNCTION layerscope_data.drop_builds_with_source();

-- Views ---------------------------------------------------------------------------------------------------------------

-- Nanoseconds as seconds, exactly.
CREATE FUNCTION layerscope.seconds(nanoseconds numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT trim_scale(nanoseconds * 0.000000001)
$$;

-- Hits among hits and misses; null where there are none.
CREATE FUNCTION layerscope.hit_rate(hits int8, misses int8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT hits::float8 / nullif(hits + misses, 0)
$$;

-- Of the time that steps would have taken without a cache, the part that hits saved. Null where nothing is known of the
-- hits, or of the misses, that there are.
CREATE FUNCTION layerscope.time_hit_rate(hits int8, misses int8, saved numeric, run numeric) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (CASE WHEN hits > 0 THEN saved ELSE 0 END
            / nullif(CASE WHEN hits > 0 THEN saved ELSE 0 END + CASE WHEN misses > 0 THEN run ELSE 0 END, 0))::float8
$$;

CREATE VIEW layerscope.builds AS
SELECT s.name AS source, b.build_id AS build, b.project, b.target, b.dockerfile, b.branch, b.commit, b.builder, b.tool,
       b.form, b.reference, b.started_at, layerscope.seconds(b.duration_ns) AS duration_seconds, b.result,
       b.vertices, b.cached_vertices, b.steps, b.hits, b.misses,
       layerscope.hit_rate(b.hits, b.misses) AS hit_rate,
       layerscope.seconds(b.saved_ns) AS seconds_saved, layerscope.seconds(b.lost_ns) AS seconds_lost,
       layerscope.seconds(b.run_ns) AS seconds_run,
       layerscope.time_hit_rate(b.hits, b.misses, b.saved_ns, b.run_ns) AS time_hit_rate,
       b.unknown_hits,
       (SELECT t.text FROM layerscope_data.build_step t
        WHERE t.source_id = b.source_id AND t.build_id = b.build_id AND t.cause IS NOT NULL
        ORDER BY t.number LIMIT 1) AS first_miss,
       (SELECT t.cause FROM layerscope_data.build_step t
        WHERE t.source_id = b.source_id AND t.build_id = b.build_id AND t.cause IS NOT NULL
        ORDER BY t.number LIMIT 1) AS first_miss_cause,
       layerscope.digest_text(b.image_digest) AS image_digest, b.image_names, b.uses_cache, b.error, b.gaps, b.seen_at
FROM layerscope_data.build b JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.steps AS
SELECT s.name AS source, t.build_id AS build, b.project, b.target, b.dockerfile, b.builder, b.started_at,
       t.number, t.kind, t.stage, t.platform, t.position, t.positions, t.instruction, t.text, t.name, t.outcome,
       t.is_hit AS hit, t.is_miss AS miss,
       layerscope.seconds(t.start_ns) AS start_seconds, layerscope.seconds(t.duration_ns) AS duration_seconds,
       layerscope.seconds(t.saved_ns) AS seconds_saved, layerscope.seconds(t.lost_ns) AS seconds_lost,
       t.cause, t.evidence,
       CASE WHEN t.first_line = t.last_line THEN t.first_line::text
            ELSE t.first_line::text || '-' || t.last_line::text END AS lines,
       t.inputs, ARRAY(SELECT layerscope.digest_text(l) FROM unnest(t.layers) WITH ORDINALITY AS u (l, n)
                       ORDER BY n) AS layers,
       layerscope.digest_text(t.vertex) AS vertex_digest, t.image_id, t.error
FROM layerscope_data.build_step t
JOIN layerscope_data.build b USING (source_id, build_id)
JOIN layerscope_data.source s USING (source_id);

CREATE VIEW layerscope.first_misses AS
SELECT s.name AS source, t.build_id AS build, b.project, b.target, b.dockerfile, b.branch, b.builder, b.started_at,
       t.number, t.stage, t.instruction, t.text, t.outcome, layerscope.seconds(t.duration_ns) AS duration_seconds,
       layerscope.seconds(t.lost_ns) AS seconds_lost, t.cause, t.evidence
FROM layerscope_data.build_step t
JOIN layerscope_data.build b USING (source_id, build_id)
JOIN layerscope_data.source s USING (source_id)
WHERE t.cause IS NOT NULL;
