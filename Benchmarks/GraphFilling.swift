import Postgres

/// Fills the tables of an empty database with a registry of a given size: what a collection would have left there.
///
/// Every image has a manifest and a configuration of its own, a base of two layers that many share, one or two layers
/// of its repository's last builds, and a layer of its own: 7.2 objects an image, 3.2 distinct ones. One image in ten has
/// lost its tag.
struct GraphFilling {
    let images: Int

    var repositories: Int { max(1, images / 50) }
    var bases: Int { max(2, images / 500) }
    var middles: Int { max(1, images / 5) }
    /// Shared layers come first, then three objects for each image.
    var shared: Int { bases + middles }

    func run(on connection: PostgresConnection) async throws {
        try await connection.run(script: "SET synchronous_commit = off")
        for statement in statements { _ = try await connection.execute(statement) }
        for table in ["repository", "object", "item", "item_object", "holding", "reference"] {
            _ = try await connection.execute("ANALYZE layerscope_data.\(table)")
        }
    }

    private var statements: [String] {
        [
            """
            INSERT INTO layerscope_data.source (name, kind, location, bytes_are)
            VALUES ('bench', 'registry', 'http://localhost', 'stored')
            """,
            """
            INSERT INTO layerscope_data.repository (source_id, repository_id, name, owner, is_complete)
            SELECT 1, n, 'team' || n % 200 || '/service' || n, 'owner' || n % 30, true
            FROM generate_series(1, \(repositories)) n
            """,
            """
            INSERT INTO layerscope_data.repository_period (source_id, repository_id, valid_from)
            SELECT 1, n, '2026-01-01' FROM generate_series(1, \(repositories)) n
            """,
            """
            INSERT INTO layerscope_data.object (source_id, object_id, space, key, kind, bytes)
            SELECT 1, n, 'blob', sha256(int8send(n)), 'layer',
                hashint8extended(n, 1) & CASE WHEN n <= \(bases) THEN 134217727 ELSE 16777215 END
            FROM generate_series(1::int8, \(shared)) n
            """,
            """
            INSERT INTO layerscope_data.object (source_id, object_id, space, key, kind, bytes)
            SELECT 1, \(shared) + 3 * (i - 1) + k, 'blob', sha256(int8send(\(shared) + 3 * (i - 1) + k)),
                (ARRAY['manifest', 'configuration', 'layer'])[k],
                CASE k WHEN 1 THEN 1200 + i % 800 WHEN 2 THEN 3000 + i % 4000
                    ELSE hashint8extended(i, 2) & 1048575 END
            FROM generate_series(1::int8, \(images)) i, generate_series(1, 3) k
            """,
            """
            INSERT INTO layerscope_data.item (source_id, item_id, kind, fingerprint, digest, image_id)
            SELECT 1, i, 'image', i, sha256(int8send(\(shared) + 3 * (i - 1) + 1)),
                sha256(int8send(\(shared) + 3 * (i - 1) + 2))
            FROM generate_series(1::int8, \(images)) i
            """,
            """
            INSERT INTO layerscope_data.item_object (source_id, item_id, position, object_id)
            SELECT 1, i, position, object
            FROM generate_series(1::int8, \(images)) i
            CROSS JOIN LATERAL (SELECT (i - 1) / 50 AS repository,
                (hashint8extended(i / 7, 3) & 9223372036854775807) % \(bases) AS base) image
            CROSS JOIN LATERAL (VALUES
                (-2, \(shared) + 3 * (i - 1) + 1),
                (-1, \(shared) + 3 * (i - 1) + 2),
                (1, 1 + base),
                (2, 1 + (base * 7 + 1) % \(bases)),
                (3, CASE WHEN i % 5 > 0 THEN
                    \(bases) + 1 + (repository * 10 + (hashint8extended(i, 4) & 1023) % 10) % \(middles) END),
                (4, CASE WHEN i % 5 < 2 THEN
                    \(bases) + 1 + (repository * 10 + (hashint8extended(i, 5) & 1023) % 10) % \(middles) END),
                (5, \(bases) + 1 + (repository * 10 + (i / 10) % 10) % \(middles)),
                (6, \(shared) + 3 * (i - 1) + 3)) own (position, object)
            WHERE object IS NOT NULL
            """,
            """
            INSERT INTO layerscope_data.holding (source_id, repository_id, item_id, valid_from)
            SELECT 1, 1 + (i - 1) / 50 % \(repositories), i, '2026-01-01' FROM generate_series(1::int8, \(images)) i
            """,
            """
            INSERT INTO layerscope_data.reference (source_id, repository_id, kind, name, item_id, valid_from)
            SELECT 1, 1 + (i - 1) / 50 % \(repositories), 'tag', 'v' || i, i, '2026-01-01'
            FROM generate_series(1::int8, \(images)) i WHERE i % 10 > 0
            """,
        ]
    }
}
