package import ImageModel
package import Observations
import Synchronization

/// A sink that keeps what it is given in memory. It can be told to fail, or to run something at a certain record.
package final class RecordingSink: ObservationSink {
    /// What a sink throws that was told to fail.
    package struct Failure: Error, Equatable {
        package init() {}
    }

    private let recorded = Mutex<[Observation]>([])
    private let limit: Int?
    private let onRecord: @Sendable (Int) async throws -> Void

    /// A sink that throws ``Failure`` once `limit` observations were kept (never, when nil). `onRecord` runs at each
    /// call, with the number of observations kept so far.
    package init(failingAfter limit: Int? = nil, onRecord: @escaping @Sendable (Int) async throws -> Void = { _ in }) {
        self.limit = limit
        self.onRecord = onRecord
    }

    package func record(_ observations: [Observation]) async throws {
        let count = recorded.withLock { $0.count }
        try await onRecord(count)
        if let limit, count + observations.count > limit { throw Failure() }
        recorded.withLock { $0 += observations }
    }

    /// Everything recorded, in the order it came.
    package var observations: [Observation] { recorded.withLock { $0 } }
}

extension RecordingSink {
    /// The items seen. One that was seen twice is here twice.
    package var items: [ItemObservation] {
        observations.compactMap { if case .item(let item) = $0 { item } else { nil } }
    }

    /// The item of a digest, if it was seen.
    package func item(_ digest: Digest, store: String = "") -> ItemObservation? {
        items.first { $0.digest == digest && $0.store == store }
    }

    package var repositories: [RepositoryObservation] {
        observations.compactMap { if case .repository(let repository) = $0 { repository } else { nil } }
    }

    package var holdings: [HoldingObservation] {
        observations.compactMap { if case .holding(let holding) = $0 { holding } else { nil } }
    }

    package var references: [ReferenceObservation] {
        observations.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    }

    package var containers: [ContainerObservation] {
        observations.compactMap { if case .container(let container) = $0 { container } else { nil } }
    }

    package var cacheRecords: [CacheRecordObservation] {
        observations.compactMap { if case .cacheRecord(let record) = $0 { record } else { nil } }
    }

    package var reportedFigures: [ReportedFigure] {
        observations.compactMap { if case .reportedFigure(let figure) = $0 { figure } else { nil } }
    }

    /// The objects of all items, each once by store, space and key.
    package var distinctObjects: [ObjectObservation] {
        var seen: Set<[String]> = []
        return items.flatMap { item in
            item.objects.filter { seen.insert([item.store, $0.space.rawValue, $0.key.description]).inserted }
        }
    }

    /// The bytes of all distinct objects that the source stores (foreign layers are not stored).
    package var storedBytes: Int64 {
        distinctObjects.filter { $0.kind != .foreignLayer }.reduce(0) { $0 + ($1.bytes ?? 0) }
    }
}
