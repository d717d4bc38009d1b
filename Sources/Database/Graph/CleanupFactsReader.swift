import Figures
import Foundation
import ImageModel
import Postgres

/// Reads what a clean-up plan needs to know beside the graph of one source.
struct CleanupFactsReader {
    typealias Index = LayerGraph.Index

    /// What was said of a manifest or tag, as it was read.
    struct Activity {
        var pushedAt: Date?
        var pulledAt: Date?
        var recordsPulls = false

        var lastPull: CleanupFacts.LastPull { pulledAt.map { .at($0) } ?? (recordsPulls ? .never : .unknown) }

        mutating func add(_ other: Activity) {
            pushedAt = latest(pushedAt, other.pushedAt)
            pulledAt = latest(pulledAt, other.pulledAt)
            recordsPulls = recordsPulls || other.recordsPulls
        }

        private func latest(_ one: Date?, _ other: Date?) -> Date? {
            guard let one, let other else { return one ?? other }
            return max(one, other)
        }
    }

    let reader: GraphReader
    let source: Int32
    let graph: LayerGraph
    /// By the database's number: the number in the graph, or ``LayerGraph/none`` when it is not in it.
    private let items: [Index]
    private let objects: [Index]
    private let repositories: [Index]
    /// The graph's holdings, repository and item in one number, in order.
    private let holdings: [UInt64]

    /// - Parameter graph: of this one source.
    init(reader: GraphReader, source: Int32, graph: LayerGraph) {
        self.reader = reader
        self.source = source
        self.graph = graph
        items = Self.numbers(graph.itemKeys.map { Int(UInt32(truncatingIfNeeded: $0)) })
        objects = Self.numbers(graph.objectKeys.map { Int(UInt32(truncatingIfNeeded: $0)) })
        repositories = Self.numbers(graph.repositoryKeys.map { Int($0) })
        holdings = zip(graph.holdingRepositories, graph.holdingItems).map { UInt64($0) << 32 | UInt64($1) }
    }

    private static func numbers(_ keys: [Int]) -> [Index] {
        var numbers = [Index](repeating: LayerGraph.none, count: (keys.max() ?? -1) + 1)
        for (number, key) in keys.enumerated() { numbers[key] = Index(number) }
        return numbers
    }

    func read(_ labels: GraphLabels) async throws -> CleanupFacts {
        var facts = CleanupFacts()
        facts.repositoryOwners = labels.repositoryOwners
        let manifests = try await readActivity(into: &facts)
        try await readTags(manifests, into: &facts)
        try await readItems(into: &facts)
        try await readObjects(into: &facts)
        try await readRest(into: &facts)
        facts.bases = try await readBases()
        return facts
    }

    private func number(_ key: Int32, in numbers: [Index]) -> Index? {
        guard Int(key) < numbers.count, numbers[Int(key)] != LayerGraph.none else { return nil }
        return numbers[Int(key)]
    }

    /// The place of a holding; nil when the graph has none of the repository and item.
    private func holding(_ repository: Int32, _ item: Int32) -> Int? {
        guard let repository = number(repository, in: repositories), let item = number(item, in: items) else {
            return nil
        }
        return holdings.place(of: UInt64(repository) << 32 | UInt64(item))
    }

    /// Fills in what is said of holdings. Returns, by holding, what is said of the manifest itself; empty for nothing.
    private func readActivity(into facts: inout CleanupFacts) async throws -> [Activity] {
        var manifests: [Activity] = []
        var all: [Activity] = []
        try await reader.copy("activity", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                let (isOfManifest, repository, item) = (try rows.bool(), try rows.int4(), try rows.int4())
                guard let place = holding(repository, item) else { continue }
                if all.isEmpty {
                    all = [Activity](repeating: Activity(), count: holdings.count)
                    manifests = all
                }
                let activity = Activity(
                    pushedAt: try rows.optionalTimestamptz(), pulledAt: try rows.optionalTimestamptz(),
                    recordsPulls: try rows.bool())
                all[place].add(activity)
                if isOfManifest { manifests[place].add(activity) }
            }
        }
        facts.holdingPushedAt =
            all.isEmpty ? [Date?](repeating: nil, count: holdings.count) : all.map(\.pushedAt)
        facts.holdingLastPull =
            all.isEmpty
            ? [CleanupFacts.LastPull](repeating: .unknown, count: holdings.count) : all.map(\.lastPull)
        facts.holdingWasTagged = [Bool](repeating: false, count: holdings.count)
        var wasTagged = facts.holdingWasTagged
        try await reader.copy("was_tagged", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                if let place = holding(try rows.int4(), try rows.int4()) { wasTagged[place] = true }
            }
        }
        facts.holdingWasTagged = wasTagged
        return manifests
    }

    /// What a source says of the tag goes before what it says of the manifest. Where it does not record the pulls of each
    /// tag, a pull of the manifest may have been one by the tag.
    private func readTags(_ manifests: [Activity], into facts: inout CleanupFacts) async throws {
        let kinds = CleanupFacts.Tag.Kind.allCases
        var tags: [CleanupFacts.Tag] = []
        try await reader.copy("tags", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                let (repository, item, kind) = (try rows.int4(), try rows.int4(), Int(try rows.int2()))
                guard let repositoryNumber = number(repository, in: repositories),
                    let itemNumber = number(item, in: items)
                else { continue }
                var tag = CleanupFacts.Tag(
                    repository: repositoryNumber, kind: kinds[min(kind, kinds.count - 1)], name: try rows.text(),
                    item: itemNumber)
                var own = Activity(
                    pushedAt: try rows.optionalTimestamptz(), pulledAt: try rows.optionalTimestamptz(),
                    recordsPulls: try rows.bool())
                if !manifests.isEmpty, let place = holding(repository, item) {
                    own.pushedAt = own.pushedAt ?? manifests[place].pushedAt
                    if !own.recordsPulls {
                        var both = manifests[place]
                        both.add(own)
                        (own.pulledAt, own.recordsPulls) = (both.pulledAt, both.recordsPulls)
                    }
                }
                tag.pushedAt = own.pushedAt
                tag.lastPull = own.lastPull
                tags.append(tag)
            }
        }
        facts.tags = tags
    }

    private func readItems(into facts: inout CleanupFacts) async throws {
        var digests = [Digest](repeating: .absent, count: graph.itemCount)
        var createdAt = [Date?](repeating: nil, count: graph.itemCount)
        try await reader.copy("items", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                guard let item = number(try rows.int4(), in: items) else { continue }
                digests[Int(item)] = try Digest(reading: &rows)
                createdAt[Int(item)] = try rows.optionalTimestamptz()
            }
        }
        (facts.itemDigests, facts.itemCreatedAt) = (digests, graph.withAges(ofWhatIsListed: createdAt))
    }

    /// What images were built from, past the images that an engine keeps between them and does not show.
    private func readBases() async throws -> [Index: Index] {
        var parents: [Int32: Int32] = [:]
        try await reader.copy("parents", source, of: "cleanup_facts") { rows in
            while try rows.next() { parents[try rows.int4()] = try rows.int4() }
        }
        guard !parents.isEmpty else { return [:] }
        let shown = Set(graph.holdingItems)
        var bases: [Index: Index] = [:]
        for (key, parent) in parents {
            guard let item = number(key, in: items), shown.contains(item) else { continue }
            var next: Int32? = parent
            // No chain is longer than there are parents; what an engine says may go round all the same.
            for _ in 0..<parents.count {
                guard let candidate = next else { break }
                if let base = number(candidate, in: items), shown.contains(base) {
                    bases[item] = base
                    break
                }
                next = parents[candidate]
            }
        }
        return bases
    }

    private func readObjects(into facts: inout CleanupFacts) async throws {
        var keys = [Digest](repeating: .absent, count: graph.objectCount)
        try await reader.copy("objects", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                guard let object = number(try rows.int4(), in: objects) else { continue }
                keys[Int(object)] = try Digest(reading: &rows)
            }
        }
        facts.objectKeys = keys
        var damaged: Set<Index> = []
        try await reader.copy("damaged", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                if let object = number(try rows.int4(), in: objects) { damaged.insert(object) }
            }
        }
        facts.damagedObjects = damaged
        var used: Set<Index> = []
        try await reader.copy("used_objects", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                if let object = number(try rows.int4(), in: objects) { used.insert(object) }
            }
        }
        facts.usedObjects = used
    }

    private func readRest(into facts: inout CleanupFacts) async throws {
        var isComplete = [Bool](repeating: false, count: graph.repositoryKeys.count)
        try await reader.copy("repositories", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                guard let repository = number(try rows.int4(), in: repositories) else { continue }
                isComplete[Int(repository)] = try rows.bool()
            }
        }
        facts.repositoryIsComplete = isComplete
        var users: [Index: [String]] = [:]
        try await reader.copy("users", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                guard let item = number(try rows.int4(), in: items) else { continue }
                users[item, default: []].append(try rows.text())
            }
        }
        facts.users = users
        var orphans: [CleanupFacts.Orphan] = []
        try await reader.copy("orphans", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                orphans.append(
                    CleanupFacts.Orphan(
                        source: 0, store: try rows.text(), digest: try Digest(reading: &rows),
                        bytes: try rows.int8(), modifiedAt: try rows.optionalTimestamptz()))
            }
        }
        facts.orphans = orphans
        var obstacles: [String] = []
        try await reader.copy("obstacles", source, of: "cleanup_facts") { rows in
            while try rows.next() {
                obstacles.append(
                    "registry garbage-collect will stop at \(try rows.text()) (\(try rows.text())): it is no manifest; "
                        + "remove that link first")
            }
        }
        facts.collectorObstacles = obstacles
        var isKnown = false
        try await reader.copy("is_known", source, of: "cleanup_facts") { rows in
            while try rows.next() { isKnown = try rows.bool() }
        }
        facts.isEverythingKnown = [isKnown]
    }
}

extension Digest {
    /// Fills the place of digests that are read next: every item and object has one.
    fileprivate static let absent = Digest.of([UInt8]())

    /// The next column. Throws `protocolViolation` when it is no digest.
    fileprivate init(reading rows: inout CopyReader) throws {
        guard let digest = Digest(bytes: try rows.bytea()) else {
            throw PostgresError(.protocolViolation, "a column of the COPY is no digest of 32 or 64 bytes")
        }
        self = digest
    }
}

extension LayerGraph {
    /// Creation times by item, in which an index that tells none is as old as the newest of what it lists.
    fileprivate func withAges(ofWhatIsListed times: [Date?]) -> [Date?] {
        guard !children.isEmpty else { return times }
        var ages = times
        var isSeen = [Bool](repeating: false, count: itemCount)
        func age(_ item: Int) -> Date? {
            guard ages[item] == nil, !isSeen[item] else { return ages[item] }
            isSeen[item] = true
            ages[item] = children(of: item).compactMap { age(Int($0)) }.max()
            return ages[item]
        }
        for item in 0..<itemCount where ages[item] == nil { _ = age(item) }
        return ages
    }
}
