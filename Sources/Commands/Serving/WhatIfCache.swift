import Figures
import Reporting
import Server

/// Answers what would go from layer graphs that are kept, until something is collected.
actor WhatIfCache: WhatIfSource {
    /// How many sources' graphs are kept: those that were asked about last.
    private static let most = 4

    private struct Kept {
        var source: String
        var revision: String
        /// Under way or done: who asks in the meantime waits for the same.
        var prepared: Task<PreparedWhatIf, any Error>
    }

    private let reader: Reader
    private let revision: @Sendable () async throws -> String
    private let cleanup: CleanupConfiguration
    private let units: ByteUnits
    private var kept: [Kept] = []
    /// How often a graph was loaded.
    private(set) var loads = 0

    /// - Parameter revision: changes with every collection of any source: containers of one engine use images of another
    ///   source.
    init(
        reader: Reader, cleanup: CleanupConfiguration, units: ByteUnits,
        revision: @escaping @Sendable () async throws -> String
    ) {
        self.reader = reader
        self.cleanup = cleanup
        self.units = units
        self.revision = revision
    }

    func whatIf(_ names: [String], in source: String) async throws -> Listing {
        let current = try await revision()
        guard let described = try await reader.sources().first(where: { $0.name == source }) else {
            throw UnknownSourceError(source)
        }
        let found = try await prepared(described, current).ask(names, units: units)
        guard found.unknown.isEmpty else { throw UnknownNameError(found.unknown) }
        var table = Table(name: "what_if", columns: PreparedWhatIf.columns, rows: found.rows)
        table.totals = found.together.totals
        return Listing(table, identifier: "name", coverage: try await reader.coverage(of: [source]))
    }

    private func prepared(_ source: Reader.Source, _ revision: String) async throws -> PreparedWhatIf {
        let place = kept.firstIndex { $0.source == source.name }
        if let place {
            let entry = kept.remove(at: place)
            if entry.revision == revision {
                kept.append(entry)
                return try await entry.prepared.value
            }
        }
        loads += 1
        let collector = cleanup.collector(of: source.name)
        let reader = reader
        let task = Task { try await PreparedWhatIf.read(reader, source, collector: collector) }
        kept.append(Kept(source: source.name, revision: revision, prepared: task))
        if kept.count > Self.most { kept.removeFirst() }
        do {
            return try await task.value
        } catch {
            // What failed is tried again by who asks next.
            kept.removeAll { $0.prepared == task }
            throw error
        }
    }
}
