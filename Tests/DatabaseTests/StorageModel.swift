import Foundation
import ImageModel
import Observations
import TestSupport

/// A registry that is looked at by its API and in its storage, in plain values: the same rules as the database, in the
/// most obvious way. Every collection is made up, so that everything comes together with everything.
struct StorageModel {
    /// A collection, as a collector would record it.
    struct Collection {
        var observations: [Observation]
        var scope: CollectionScope
        var repositories: AspectStatus.Outcome
        var others: [AspectStatus]
    }

    private static let repositories = ["a", "b/c", "b/d"]
    private static let names = ["x", "y"]
    /// By item: its objects; by object: the bytes that it must have.
    private let objects: [[Int]]
    private let sizes: [Int64]
    private var random: SeededGenerator

    private var holdings: Set<String> = []
    private var references: [String: Int] = [:]
    /// Repositories that are there, whether they were seen whole when last looked at, and when last looked at in whole.
    private var present: Set<String> = []
    private var complete: [String: Bool] = [:]
    private var whole: [String: Bool] = [:]
    private var wasSeenWhole = false
    private var orphans: [Int: Int64] = [:]
    private var damaged: [Int: Int64] = [:]
    private var uploads: [String: Int64] = [:]
    private var findings: Set<String> = []
    private var targets: [String: Date] = [:]
    private var activities: [String: (pushed: Date?, pulled: Date?, records: Bool)] = [:]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        sizes = (0..<10).map { _ in Int64.random(in: 1...999, using: &random) }
        objects = (0..<6).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0..<10, using: &random) }
        }
        self.random = random
    }

    private static func object(_ number: Int) -> Digest { digest(200 + number) }
    private static func item(_ number: Int) -> Digest { digest(100 + number) }

    private mutating func chance(_ count: Int, in total: Int) -> Bool {
        Int.random(in: 0..<total, using: &random) < count
    }
    private mutating func some(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    /// Makes up a collection, and takes it in.
    mutating func collect() -> Collection {
        let scope: CollectionScope = chance(1, in: 2) ? .named : .everything
        let all = chance(1, in: 2)
        var collection = Collection(
            observations: [], scope: scope, repositories: all ? .complete : .incomplete, others: [])
        var seen: [String: Bool] = [:]
        var held: Set<String> = []
        var named: [String: Int] = [:]
        for repository in Self.repositories where chance(3, in: 4) {
            let isComplete = chance(2, in: 3)
            seen[repository] = isComplete
            collection.observations.append(
                .repository(RepositoryObservation(name: repository, isComplete: isComplete)))
            for item in objects.indices where chance(1, in: 3) {
                held.insert("\(repository) \(item)")
                collection.observations.append(
                    .holding(HoldingObservation(repository: repository, item: Self.item(item))))
            }
            for name in Self.names where chance(1, in: 2) {
                let item = some(below: objects.count)
                named["\(repository) \(name)"] = item
                held.insert("\(repository) \(item)")
                collection.observations.append(
                    .reference(ReferenceObservation(repository: repository, name: name, item: Self.item(item))))
            }
        }
        for item in objects.indices where chance(1, in: 2) || held.contains(where: { $0.hasSuffix(" \(item)") }) {
            let own = objects[item].map {
                ObjectObservation(kind: .layer, key: Self.object($0), bytes: sizes[$0])
            }
            collection.observations.append(.item(ItemObservation(kind: .image, digest: Self.item(item), objects: own)))
        }
        take(seen, held, named, all: all, scope)
        lookAtStorage(&collection)
        addActivity(&collection)
        collection.observations.shuffle(using: &random)
        return collection
    }

    private mutating func take(
        _ seen: [String: Bool], _ held: Set<String>, _ named: [String: Int], all: Bool, _ scope: CollectionScope
    ) {
        let seesLess = scope == .named && wasSeenWhole
        let isClosed = { (entry: String) in
            let repository = String(entry.split(separator: " ")[0])
            return seen[repository] ?? (all && !seesLess)
        }
        if !seesLess { holdings = holdings.filter { !isClosed($0) } }
        holdings.formUnion(held)
        references = references.filter { !isClosed($0.key) }
        references.merge(named) { _, new in new }
        if all, !seesLess { present = [] }
        present.formUnion(seen.keys)
        for (repository, isComplete) in seen {
            if scope == .everything { whole[repository] = isComplete }
            complete[repository] = isComplete && whole[repository] ?? true
        }
        if scope == .everything { wasSeenWhole = true }
    }

    private mutating func lookAtStorage(_ collection: inout Collection) {
        guard collection.scope == .everything, chance(3, in: 4) else { return }
        let (blobs, ends) = chance(2, in: 3) ? (AspectStatus.Outcome.complete, true) : (.incomplete, false)
        collection.others.append(AspectStatus(aspect: Aspect.blobs, outcome: blobs))
        if ends { (orphans, damaged) = ([:], [:]) }
        let known = Set(objects.flatMap { $0 })
        let recorded = Set(
            collection.observations.flatMap { observation -> [Digest] in
                if case .item(let item) = observation { item.objects.map(\.key) } else { [] }
            })
        for object in 0..<12 where chance(1, in: 4) {
            orphans[object] = Int64(object % 2 == 0 ? 7 : some(below: 3))
            collection.observations.append(
                .orphanBlob(OrphanBlobObservation(digest: Self.object(object), bytes: orphans[object] ?? 0)))
        }
        for object in known.sorted() where recorded.contains(Self.object(object)) && chance(1, in: 4) {
            damaged[object] = Int64(some(below: 3))
            collection.observations.append(
                .damagedObject(DamagedObjectObservation(key: Self.object(object), bytes: damaged[object] ?? 0)))
        }
        findings = []
        for path in 0..<some(below: 3) {
            findings.insert("unreadable path\(path)")
            collection.observations.append(
                .storageFinding(StorageFindingObservation(kind: .unreadable, path: "path\(path)")))
        }
        guard chance(2, in: 3) else { return }
        let allUploads = chance(1, in: 2)
        collection.others.append(
            AspectStatus(aspect: Aspect.uploads, outcome: allUploads ? .complete : .failed))
        if allUploads { uploads = [:] }
        for id in ["u", "v", "w"] where chance(1, in: 3) {
            uploads["a \(id)"] = Int64(some(below: 2))
            collection.observations.append(
                .upload(UploadObservation(repository: "a", id: id, bytes: uploads["a \(id)"] ?? 0)))
        }
    }

    private mutating func addActivity(_ collection: inout Collection) {
        for _ in 0..<some(below: 4) {
            let (item, tag, time) = (some(below: 3), Self.names[some(below: 2)], second(Double(some(below: 50))))
            collection.observations.append(
                .tagTarget(TagTargetObservation(repository: "a", tag: tag, digest: Self.item(item), linkedAt: time)))
            let key = "a \(tag) \(Self.item(item))"
            targets[key] = max(targets[key] ?? time, time)
        }
        for _ in 0..<some(below: 4) {
            let (item, tag) = (some(below: 3), ["", "x"][some(below: 2)])
            let pushed = chance(1, in: 2) ? second(Double(some(below: 50))) : nil
            let pulled = chance(1, in: 2) ? second(Double(some(below: 50))) : nil
            let records = chance(1, in: 3)
            collection.observations.append(
                .activity(
                    ActivityObservation(
                        repository: "never/seen", digest: Self.item(item), tag: tag, pushedAt: pushed,
                        pulledAt: pulled, recordsPulls: records)))
            let key = "never/seen \(tag) \(Self.item(item))"
            let known = activities[key]
            activities[key] = (
                [known?.pushed, pushed].compactMap { $0 }.max(), [known?.pulled, pulled].compactMap { $0 }.max(),
                records || known?.records == true
            )
        }
    }

    // What the database must say -------------------------------------------------------------------------------------

    private var liveObjects: Set<Int> {
        Set(holdings.flatMap { objects[Int($0.split(separator: " ")[1]) ?? 0] })
    }
    private var realOrphans: [Int: Int64] { orphans.filter { !liveObjects.contains($0.key) } }
    var storedBytes: Int64 { liveObjects.reduce(0) { $0 + (damaged[$1] ?? sizes[$1]) } }
    var orphanBytes: Int64 { realOrphans.values.reduce(0, +) }

    /// Everything as lines of text.
    var lines: Set<String> {
        var lines = Set(findings.map { "finding \($0)" })
        for holding in holdings {
            let parts = holding.split(separator: " ")
            let tags = Self.names.filter { references["\(parts[0]) \($0)"] == Int(parts[1]) }
            lines.insert("image \(parts[0]) \(Self.item(Int(parts[1]) ?? 0)) \(tags)")
        }
        for name in present { lines.insert("repository \(name) \(complete[name] ?? false)") }
        for (orphan, bytes) in realOrphans {
            lines.insert("orphan \(Self.object(orphan)) \(bytes)")
            lines.insert("held \(Self.object(orphan)) \(bytes) true")
        }
        for (object, bytes) in damaged { lines.insert("damaged \(Self.object(object)) \(bytes) \(sizes[object])") }
        for object in liveObjects where damaged[object] != 0 {
            lines.insert("held \(Self.object(object)) \(damaged[object] ?? sizes[object]) false")
        }
        for (upload, bytes) in uploads { lines.insert("upload \(upload) \(bytes)") }
        for (target, time) in targets {
            let parts = target.split(separator: " ")
            let item = objects.indices.first { "\(Self.item($0))" == parts[2] } ?? 0
            let isHeld = holdings.contains("a \(item)")
            let isTagged = references.contains { $0.key.hasPrefix("a ") && $0.value == item }
            let isCurrent = references["a \(parts[1])"] == item
            lines.insert("target \(target) \(time) \(isCurrent) \(isHeld && !isTagged)")
        }
        for (key, activity) in activities {
            lines.insert(
                "activity \(key) \(Self.text(activity.pushed)) \(Self.text(activity.pulled)) \(activity.records)")
        }
        return lines
    }

    static func text(_ date: Date?) -> String { date.map { "\($0)" } ?? "-" }
}
