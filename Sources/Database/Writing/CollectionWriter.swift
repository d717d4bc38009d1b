import BuildModel
import Foundation
import ImageModel
package import Observations
import Postgres

/// Takes what a collector sees, and applies it as a whole.
///
/// Observations go into temporary tables on the writer's own connection, so nothing is changed until
/// ``apply(_:owners:figures:)`` commits, whatever becomes of the process. It may be given observations from several tasks at once; each waits
/// until what it gave is on its way, so that memory stays bounded.
package actor CollectionWriter: ObservationSink {
    /// Observations that are gathered before they are written.
    private static let batchCount = 4_000
    /// Their size in memory, roughly.
    private static let batchBytes = 8 << 20

    let connection: PostgresConnection
    let source: SourceDescription
    let startedAt: Date
    let toolVersion: String
    /// The source, when it was known before.
    private let sourceID: Int32?
    private var pending: [Observation] = []
    private var pendingBytes = 0
    private var rows = StagedRows()
    /// The batch being written; batches follow each other.
    private var tail: Task<Void, any Error>?
    private var failure: (any Error)?
    var isEnded = false

    init(
        _ connection: PostgresConnection, source: SourceDescription, startedAt: Date, toolVersion: String
    ) async throws {
        self.connection = connection
        self.source = source
        self.startedAt = startedAt
        self.toolVersion = toolVersion
        guard let stage = Statements.files["stage"]?.text else { throw DatabaseError.missingStatement("stage") }
        try await connection.run(script: "SET temp_buffers = '64MB'; SET synchronize_seqscans = off;\n" + stage)
        let found = try await connection.query(try Statements.sql("apply_source", "find"), [.text(source.name)])
        sourceID = try found.rows.first?.int4("source_id")
        if let kind = try found.rows.first?.text("kind"), kind != source.kind.rawValue {
            throw DatabaseError.otherSourceKind(name: source.name, stored: kind, given: source.kind.rawValue)
        }
    }

    /// Records observations. Throws `PostgresError`, ``DatabaseError/collectionEnded``; after an error the collection can
    /// only be discarded.
    package func record(_ observations: [Observation]) async throws {
        guard !isEnded else { throw DatabaseError.collectionEnded }
        if let failure { throw failure }
        pending += observations
        for observation in observations { pendingBytes += observation.roughBytes }
        if pending.count >= Self.batchCount || pendingBytes >= Self.batchBytes { try await flush() }
    }

    /// Forgets what was recorded.
    package func discard() async {
        isEnded = true
        _ = await tail?.result
        await connection.close()
    }

    /// Writes what is pending, behind what is being written.
    func flush() async throws {
        let batch = pending
        pending = []
        pendingBytes = 0
        let previous = tail
        let task = Task {
            try await previous?.value
            try await write(batch)
        }
        tail = task
        do { try await task.value } catch {
            failure = failure ?? error
            throw error
        }
    }

    private func write(_ batch: [Observation]) async throws {
        defer { rows.removeRows() }
        var items: [(ItemObservation, Int64)] = []
        for observation in batch {
            if case .item(let item) = observation {
                let fingerprint = item.fingerprint
                if !rows.isRepeated(item, fingerprint) { items.append((item, fingerprint)) }
            } else {
                stage(observation)
            }
        }
        let known = try await knownItems(items)
        for (position, (item, fingerprint)) in items.enumerated() where !known.contains(position) {
            rows.add(item, fingerprint)
        }
        try await rows.copy(to: connection)
    }

    /// The positions of items that the database has in just this form.
    private func knownItems(_ items: [(ItemObservation, Int64)]) async throws -> Set<Int> {
        guard let sourceID, !items.isEmpty else { return [] }
        let result = try await connection.query(
            try Statements.sql("known_items"),
            [
                .int4(sourceID), .byteaArray(items.map { $0.0.digest.bytes }),
                .textArray(items.map { StoredText.clean($0.0.store) }), .int8Array(items.map(\.1)),
            ])
        return Set(try result.rows.map { try $0.int("position") - 1 })
    }

    private func stage(_ observation: Observation) {
        switch observation {
        case .item: break
        case .repository(let repository):
            let number = rows.repositoryNumber(repository.name)
            rows.repositories.append((number, repository.name, repository.isComplete))
        case .holding(let holding):
            rows.holdings.append((rows.repositoryNumber(holding.repository), holding.store, holding.item))
        case .reference(let reference):
            let number = rows.nextNumber()
            rows.references.append((number, rows.repositoryNumber(reference.repository), reference))
        case .container(let container): rows.containers.append((rows.nextNumber(), container))
        case .cacheRecord(let record): rows.cacheRecords.append((rows.nextNumber(), record))
        case .reportedFigure(let figure): rows.reported.append((rows.nextNumber(), figure))
        case .damagedObject(let object): rows.storage.damaged.append((rows.nextNumber(), object))
        case .orphanBlob(let blob): rows.storage.orphans.append((rows.nextNumber(), blob))
        case .upload(let upload): rows.storage.uploads.append((rows.nextNumber(), upload))
        case .storageFinding(let finding): rows.storage.findings.append(finding)
        case .tagTarget(let target): rows.storage.targets.append(target)
        case .activity(let activity): rows.storage.activities.append(activity)
        case .build(let build):
            rows.builds.append(
                StoredBuild(
                    source: 0, number: rows.nextBuild(), seenAt: startedAt, known: KnownBuild(build.storable)))
        }
    }
}

extension Observation {
    /// Roughly how many bytes the observation takes in memory.
    fileprivate var roughBytes: Int {
        if case .build(let build) = self { return build.roughBytes }
        guard case .item(let item) = self else { return 200 }
        let texts = [item.labels, item.annotations].reduce(0) { sum, values in
            values.reduce(sum) { $0 + $1.key.utf8.count + $1.value.utf8.count + 64 }
        }
        let objects = item.objects.reduce(0) { $0 + 320 + ($1.instruction?.utf8.count ?? 0) }
        return 600 + texts + objects + item.children.count * 160 + (item.configuration?.utf8.count ?? 0)
    }
}

extension Build {
    fileprivate var roughBytes: Int {
        steps.reduce(1_000) { $0 + 500 + $1.name.utf8.count + $1.text.utf8.count + ($1.error?.utf8.count ?? 0) }
    }
}
