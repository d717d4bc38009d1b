import ImageModel
import Observations
import Postgres

extension StagedRows {
    /// Writes the rows into the temporary tables.
    nonisolated(nonsending) func copy(to connection: PostgresConnection) async throws {
        try await Self.copy("staged_repository", repositories, connection) { row, entry in
            row.int4(entry.number)
            row.text(StoredText.clean(entry.name))
            row.bool(entry.isComplete)
        }
        try await Self.copy("staged_object", objects, connection) { row, entry in
            row.int4(entry.number)
            row.text(StoredText.clean(entry.store))
            row.text(entry.object.space.rawValue)
            row.text(entry.object.kind.rawValue)
            row.bytea(entry.object.key.bytes)
            row.int8(entry.object.bytes)
            row.bool(entry.object.isMeasured)
            row.text(StoredText.clean(entry.object.mediaType))
            row.bytea(entry.object.diffID?.bytes)
            row.int8(entry.object.uncompressedBytes)
            row.text(StoredText.clean(entry.object.instruction))
        }
        try await Self.copy("staged_item", items, connection) { row, entry in entry.write(to: &row) }
        try await Self.copy("staged_item_object", itemObjects, connection) { row, entry in
            row.int4(entry.item)
            row.int4(entry.position)
            row.int4(entry.object)
            row.text(StoredText.clean(entry.instruction))
        }
        try await Self.copy("staged_child", children, connection) { row, entry in
            row.int4(entry.item)
            row.int4(entry.position)
            row.bytea(entry.child.digest.bytes)
            row.bool(entry.child.isPresent)
            row.text(StoredText.clean(entry.child.platform?.os))
            row.text(StoredText.clean(entry.child.platform?.architecture))
            row.text(StoredText.clean(entry.child.platform?.variant))
        }
        try await Self.copy("staged_holding", holdings, connection) { row, entry in
            row.int4(entry.repository)
            row.text(StoredText.clean(entry.store))
            row.bytea(entry.item.bytes)
        }
        try await Self.copy("staged_reference", references, connection) { row, entry in
            row.int4(entry.number)
            row.int4(entry.repository)
            row.text(StoredText.clean(entry.reference.store))
            row.text(entry.reference.kind.rawValue)
            row.text(StoredText.clean(entry.reference.name))
            row.bytea(entry.reference.item.bytes)
        }
        try await copyUsage(to: connection)
        try await storage.copy(to: connection)
        try await BuildTables.staged(connection).write(builds)
    }

    nonisolated(nonsending) private func copyUsage(to connection: PostgresConnection) async throws {
        try await Self.copy("staged_container", containers, connection) { row, entry in
            let container = entry.container
            row.int4(entry.number)
            row.text(StoredText.clean(container.id))
            row.text(StoredText.clean(container.name))
            row.bytea(container.item?.bytes)
            row.text(StoredText.clean(container.imageName))
            row.text(StoredText.clean(container.state))
            row.timestamptz(container.createdAt)
            row.int8(container.writableBytes)
        }
        try await Self.copy("staged_cache_record", cacheRecords, connection) { row, entry in
            let record = entry.record
            row.int4(entry.number)
            row.text(StoredText.clean(record.id))
            row.text(StoredText.clean(record.recordType))
            row.text(StoredText.clean(record.recordDescription))
            row.int8(record.bytes)
            row.bool(record.isInUse)
            row.bool(record.isShared)
            row.timestamptz(record.createdAt)
            row.timestamptz(record.lastUsedAt)
            row.int8(record.usageCount)
            row.textArray(record.parents.map { StoredText.clean($0) })
        }
        try await Self.copy("staged_reported", reported, connection) { row, entry in
            row.int4(entry.number)
            row.text(StoredText.clean(entry.figure.name))
            row.int8(entry.figure.bytes)
            row.text(StoredText.clean(entry.figure.note))
        }
    }

    /// Writes the rows of one table.
    nonisolated(nonsending) static func copy<Row>(
        _ table: String, _ rows: [Row], _ connection: PostgresConnection,
        _ encode: (inout CopyRow, Row) throws -> Void
    ) async throws {
        guard !rows.isEmpty else { return }
        try await connection.copyIn("COPY \(table) FROM STDIN (FORMAT binary)", rows: rows, encode)
    }
}

extension StagedRows.Item {
    private static let base = "org.opencontainers.image.base."

    fileprivate func write(to row: inout CopyRow) {
        row.int4(number)
        row.text(StoredText.clean(item.store))
        row.text(item.kind.rawValue)
        row.bytea(item.digest.bytes)
        row.int8(fingerprint)
        row.text(StoredText.clean(item.mediaType))
        row.text(StoredText.clean(item.artifactType))
        row.bytea(item.imageID?.bytes)
        row.text(StoredText.clean(item.platform?.os))
        row.text(StoredText.clean(item.platform?.architecture))
        row.text(StoredText.clean(item.platform?.variant))
        row.text(StoredText.clean(item.platform?.osVersion))
        row.timestamptz(item.createdAt)
        row.bytea(item.subject?.bytes)
        row.bytea(item.parent?.bytes)
        row.bool(item.isIntermediate)
        row.int4(Int32(item.objects.count(where: \.isLayer)))
        row.int4(Int32(item.objects.count))
        row.int4(Int32(item.children.count))
        row.bytea(baseDigest?.bytes)
        row.text(StoredText.clean(said("name")))
        row.jsonb(StoredText.json(item.labels))
        row.jsonb(StoredText.json(item.annotations))
        row.text(StoredText.cleanJSON(item.configuration))
    }

    /// What the image says of the one it was built on (OCI image-spec, annotations.md): annotation before label.
    private func said(_ what: String) -> String? {
        [item.annotations, item.labels].lazy.compactMap { $0[Self.base + what] }.first { !$0.isEmpty }
    }

    private var baseDigest: Digest? { said("digest").flatMap { try? Digest($0) } }
}
