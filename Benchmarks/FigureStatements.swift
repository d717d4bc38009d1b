/// The same figures by SQL alone, each statement as quick as we know to write it: distinct pairs are made once and reused,
/// in tables that several workers can read; groups have integer keys; there are no indexes in the data, so nothing has to
/// be followed.
enum FigureStatements {
    /// Settings that help the database; the defaults are slower.
    static let settings = """
        CREATE SCHEMA bench;
        SET work_mem = '1GB';
        SET hash_mem_multiplier = 2;
        SET max_parallel_workers_per_gather = 2;
        SET synchronous_commit = off;
        SET jit = off;
        """

    static let statements: [(name: String, text: String)] = [
        (
            "items and their objects",
            """
            CREATE UNLOGGED TABLE bench.own AS
            SELECT DISTINCT io.item_id, io.object_id, coalesce(o.bytes, 0) AS bytes
            FROM layerscope_data.item_object io
            JOIN layerscope_data.object o USING (source_id, object_id)
            WHERE source_id = 1 AND EXISTS (
                SELECT FROM layerscope_data.holding h
                WHERE h.source_id = 1 AND h.item_id = io.item_id AND h.valid_until = 'infinity')
            """
        ),
        ("  statistics", "ANALYZE bench.own"),
        (
            "repositories and their objects",
            """
            CREATE UNLOGGED TABLE bench.held AS
            SELECT DISTINCT h.repository_id, w.object_id, w.bytes
            FROM layerscope_data.holding h JOIN bench.own w USING (item_id)
            WHERE h.source_id = 1 AND h.valid_until = 'infinity'
            """
        ),
        ("  statistics", "ANALYZE bench.held"),
        (
            "objects: images, repositories",
            """
            CREATE UNLOGGED TABLE bench.object_figure AS
            SELECT object_id, bytes, reference_count, repositories
            FROM (SELECT object_id, max(bytes) AS bytes, count(*) AS reference_count
                FROM bench.own GROUP BY object_id) o
            JOIN (SELECT object_id, count(*) AS repositories FROM bench.held GROUP BY object_id) r USING (object_id)
            """
        ),
        ("  statistics", "ANALYZE bench.object_figure"),
        (
            "items: apparent, stored, exclusive, shared",
            """
            CREATE UNLOGGED TABLE bench.item_figure AS
            SELECT item_id, sum(w.bytes)::int8 AS apparent_bytes, sum(w.bytes)::int8 AS stored_bytes,
                coalesce(sum(w.bytes) FILTER (WHERE o.reference_count = 1), 0)::int8 AS exclusive_bytes
            FROM bench.own w JOIN bench.object_figure o USING (object_id)
            GROUP BY item_id
            """
        ),
        (
            "holdings: fair share",
            """
            CREATE UNLOGGED TABLE bench.holding_figure AS
            WITH holders AS (
                SELECT object_id, count(*) AS holdings
                FROM layerscope_data.holding h JOIN bench.own w USING (item_id)
                WHERE h.source_id = 1 AND h.valid_until = 'infinity' GROUP BY object_id
            ), part AS (
                SELECT h.repository_id, h.item_id, sum(w.bytes / o.holdings)::int8 AS whole,
                    sum((w.bytes % o.holdings)::float8 / o.holdings) AS rest
                FROM layerscope_data.holding h
                JOIN bench.own w USING (item_id) JOIN holders o USING (object_id)
                WHERE h.source_id = 1 AND h.valid_until = 'infinity' GROUP BY h.repository_id, h.item_id
            ), ranked AS (
                SELECT *, whole + floor(rest + 1e-9)::int8 AS base,
                    row_number() OVER (ORDER BY rest - floor(rest + 1e-9) DESC, repository_id, item_id) AS place
                FROM part
            ), missing AS (
                SELECT (SELECT sum(bytes) FROM bench.object_figure) - (SELECT sum(base) FROM ranked) AS bytes
            )
            SELECT repository_id, item_id,
                base + CASE WHEN place <= missing.bytes THEN 1 ELSE 0 END AS fair_share_bytes
            FROM ranked, missing
            """
        ),
        (
            "numbers of namespaces and owners",
            """
            CREATE UNLOGGED TABLE bench.key AS
            SELECT repository_id, repository_id AS repository, dense_rank() OVER (ORDER BY namespace) AS namespace,
                dense_rank() OVER (ORDER BY owner) AS owner
            FROM layerscope_data.repository WHERE source_id = 1
            """
        ),
        grouping("repository"),
        grouping("namespace"),
        grouping("owner"),
        (
            "source: apparent, stored",
            """
            CREATE UNLOGGED TABLE bench.source_figure AS
            SELECT (SELECT count(*) FROM bench.item_figure) AS images,
                (SELECT sum(apparent_bytes)::int8 FROM bench.item_figure) AS apparent_bytes,
                (SELECT sum(bytes)::int8 FROM bench.object_figure) AS stored_bytes
            """
        ),
        (
            "waste: what goes with all untagged images",
            """
            CREATE UNLOGGED TABLE bench.waste_figure AS
            WITH waste AS (
                SELECT i.item_id FROM bench.item_figure i
                WHERE NOT EXISTS (
                    SELECT FROM layerscope_data.reference r
                    WHERE r.source_id = 1 AND r.item_id = i.item_id AND r.valid_until = 'infinity')
            ), wasted AS (
                SELECT w.object_id, w.bytes, count(*) AS images FROM bench.own w JOIN waste USING (item_id)
                GROUP BY w.object_id, w.bytes
            )
            SELECT (SELECT count(*) FROM waste) AS items, sum(bytes)::int8 AS stored_bytes,
                sum(bytes) FILTER (WHERE images = reference_count)::int8 AS exclusive_bytes
            FROM wasted JOIN bench.object_figure USING (object_id, bytes)
            """
        ),
    ]

    /// Figures of groups that follow from the repository of a holding.
    private static func grouping(_ name: String) -> (String, String) {
        (
            "by \(name): apparent, stored, exclusive, fair share",
            """
            CREATE UNLOGGED TABLE bench.\(name)_figure AS
            WITH held AS MATERIALIZED (
                SELECT DISTINCT k.\(name) AS key, h.object_id, h.bytes FROM bench.held h JOIN bench.key k USING (repository_id)
            ), holders AS (
                SELECT object_id, count(*) AS groups FROM held GROUP BY object_id
            ), apparent AS (
                SELECT key, count(*) AS images, sum(apparent_bytes)::int8 AS apparent_bytes
                FROM (SELECT DISTINCT k.\(name) AS key, h.item_id
                    FROM layerscope_data.holding h JOIN bench.key k USING (repository_id)
                    WHERE h.source_id = 1 AND h.valid_until = 'infinity') i
                JOIN bench.item_figure USING (item_id) GROUP BY key
            ), part AS (
                SELECT key, sum(bytes)::int8 AS stored_bytes,
                    coalesce(sum(bytes) FILTER (WHERE groups = 1), 0)::int8 AS exclusive_bytes,
                    sum(bytes / groups)::int8 AS whole, sum((bytes % groups)::float8 / groups) AS rest
                FROM held JOIN holders USING (object_id) GROUP BY key
            ), ranked AS (
                SELECT *, whole + floor(rest + 1e-9)::int8 AS base,
                    row_number() OVER (ORDER BY rest - floor(rest + 1e-9) DESC, key) AS place
                FROM part
            ), missing AS (
                SELECT (SELECT sum(bytes) FROM bench.object_figure) - (SELECT sum(base) FROM ranked) AS bytes
            )
            SELECT key, images, apparent_bytes, stored_bytes, exclusive_bytes,
                stored_bytes - exclusive_bytes AS shared_bytes,
                (base + CASE WHEN place <= missing.bytes THEN 1 ELSE 0 END)::int8 AS fair_share_bytes
            FROM ranked JOIN apparent USING (key), missing
            """
        )
    }
}
