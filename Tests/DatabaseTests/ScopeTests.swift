import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// A source that is described by what names lead to and by everything in it.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct ScopeTests {
    @Test(arguments: 0..<8) func `random looks by name and at everything are merged as the model has it`(
        part: Int
    ) async throws {
        try await withDatabase { database, _ in
            for seed in 0..<13 {
                var model = StorageModel(seed: UInt64(part * 13 + seed))
                let source = registry("source\(seed)")
                var history: [(moment: Date, bytes: Int64)] = []
                for step in 0..<5 {
                    let collection = model.collect()
                    let moment = second(Double(step) * 10)
                    try await database.collect(
                        collection.observations, of: source, at: moment, repositories: collection.repositories,
                        others: collection.others, scope: collection.scope)
                    let held = try await database.heldBytes(source: source.name)
                    #expect(held.stored == model.storedBytes, "seed \(seed) step \(step)")
                    #expect(held.orphans ?? 0 == model.orphanBytes, "seed \(seed) step \(step)")
                    history.append((moment, model.storedBytes))
                    if step % 2 == 0 {
                        let lines = try await Self.lines(database, source.name)
                        #expect(
                            lines == model.lines,
                            """
                            seed \(seed) step \(step): database alone \(lines.subtracting(model.lines)), \
                            model alone \(model.lines.subtracting(lines))
                            """)
                    }
                }
                for (moment, bytes) in history {
                    let graph = try await database.graph(sources: [source.name], at: moment.addingTimeInterval(5))
                    #expect(graph.objectBytes.reduce(0, +) == bytes, "\(moment)")
                }
            }
            #expect(try await database.integrityProblems().rows.isEmpty)
        }
    }

    /// What the database says of a source, in the words of the model.
    private static func lines(_ database: LayerscopeDatabase, _ source: String) async throws -> Set<String> {
        var lines: Set<String> = []
        func add(_ word: String, _ view: String, _ line: ((String) -> Value) -> String) async throws {
            let table = try await database.table(view, filters: [Filter("source", .equal, .text(source))])
            for row in table.rows.indices {
                let isNew = lines.insert("\(word) " + line { table.value(row, $0) }).inserted
                #expect(isNew, "\(view) has a row twice")
            }
        }
        func text(_ value: Value) -> String {
            switch value {
            case .text(let text): text
            case .integer(let number): "\(number)"
            case .flag(let flag): "\(flag)"
            case .time(let date): "\(date)"
            case .list(let list): "\(list)"
            default: "-"
            }
        }
        func words(_ columns: String...) -> ((String) -> Value) -> String {
            { value in columns.map { text(value($0)) }.joined(separator: " ") }
        }
        try await add("image", "images", words("repository", "digest", "tags"))
        try await add("repository", "repositories", words("repository", "complete"))
        try await add("orphan", "orphans", words("digest", "bytes"))
        try await add("damaged", "damaged_objects", words("digest", "bytes", "expected_bytes"))
        try await add("upload", "uploads", words("repository", "upload", "bytes"))
        try await add("finding", "storage_findings", words("kind", "path"))
        try await add(
            "target", "tag_targets", words("repository", "tag", "digest", "linked_at", "current", "superseded"))
        try await add("activity", "activity") { value in
            let tag = value("tag").text ?? ""
            return "\(text(value("repository"))) \(tag) "
                + words("digest", "pushed_at", "pulled_at", "records_pulls")(value)
        }
        for object in try await database.heldObjects(source: source) {
            lines.insert("held \(object.key) \(object.bytes ?? -1) \(object.isOrphan)")
        }
        return lines
    }

    private static func held(_ number: Int, _ repository: String, _ tag: String?) -> [Observation] {
        CollectionTests.held(number, in: repository, tag: tag)
    }

    private static func seen(_ repository: String, _ isComplete: Bool) -> [Observation] {
        CollectionTests.seen(repository, complete: isComplete)
    }

    @Test func `names end no untagged manifest, but move and end tags`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                CollectionTests.items + Self.seen("a", true) + Self.held(10, "a", "x") + Self.held(11, "a", "y")
                    + Self.seen("b", true) + Self.held(11, "b", nil))
            // The API sees that x moved to 11, that y is gone, and of b nothing.
            try await database.collect(
                Self.seen("a", true) + Self.held(11, "a", "x"), at: second(1), scope: .named)
            let images = try await database.table("images", sort: [Sort("repository"), Sort("exclusive_bytes")])
            #expect(images.rows.count == 3)
            let tags = try await database.table("tags")
            #expect(tags.rows.count == 1)
            #expect(tags.value(0, "digest") == .text("\(digest(11))"))
            #expect(try await database.table("repositories").rows.count == 2)
            // Everything ends what is gone.
            try await database.collect(
                Self.seen("a", true) + Self.held(11, "a", "x"), at: second(2))
            #expect(try await database.table("images").rows.count == 1)
            #expect(try await database.table("repositories").rows.count == 1)
        }
    }

    @Test func `names alone end what they do not see, as long as nothing else was looked at`() async throws {
        try await withDatabase { database, _ in
            try await database.collect(
                CollectionTests.items + Self.seen("a", true) + Self.held(10, "a", "x") + Self.held(11, "a", "y"),
                scope: .named)
            try await database.collect(
                Self.seen("a", true) + Self.held(11, "a", "y"), at: second(1), scope: .named)
            #expect(try await database.table("images").rows.count == 1)
            // A look at the storage that failed has seen nothing.
            try await database.recordFailure(
                CollectionResult(source: registry(), aspects: []), startedAt: second(2))
            try await database.collect(Self.seen("a", true), at: second(3), scope: .named)
            #expect(try await database.table("images").rows.isEmpty)
        }
    }

    @Test func `a repository that was not seen whole does not become whole by its names`() async throws {
        try await withDatabase { database, _ in
            func isComplete() async throws -> Value {
                try await database.table("repositories").value(0, "complete")
            }
            try await database.collect(Self.seen("a", false))
            try await database.collect(Self.seen("a", true), at: second(1), scope: .named)
            #expect(try await isComplete() == .flag(false))
            try await database.collect(Self.seen("a", true), at: second(2))
            #expect(try await isComplete() == .flag(true))
            try await database.collect(Self.seen("a", false), at: second(3), scope: .named)
            #expect(try await isComplete() == .flag(false))
            try await database.collect(Self.seen("a", true), at: second(4), scope: .named)
            #expect(try await isComplete() == .flag(true))
        }
    }

    @Test func `a source with names and storage is where its names are, whichever was looked at last`() async throws {
        try await withDatabase { database, _ in
            var storage = registry()
            (storage.location, storage.product) = ("/var/lib/registry", "registry storage")
            var names = registry()
            names.product = "OCI registry"
            try await database.collect([], of: storage)
            #expect(try await database.table("sources").value(0, "location") == .text("/var/lib/registry"))
            try await database.collect([], of: names, at: second(1), scope: .named)
            try await database.collect([], of: storage, at: second(2))
            let sources = try await database.table("sources")
            #expect(sources.rows.count == 1)
            #expect(sources.value(0, "location") == .text(names.location))
            #expect(sources.value(0, "product") == .text("OCI registry"))
            #expect(sources.value(0, "observed_at") == .time(second(2)))
            #expect(sources.value(0, "everything_at") == .time(second(2)))
        }
    }

    @Test func `coverage has the aspects of the last look of each kind`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([], others: [AspectStatus(aspect: Aspect.blobs, outcome: .incomplete)])
            #expect(try await database.table("sources").value(0, "complete") == .flag(false))
            try await database.collect([], at: second(1), scope: .named)
            try await database.collect([], at: second(2), scope: .named)
            let coverage = try await database.table("coverage", sort: [Sort("scope"), Sort("aspect")])
            #expect(coverage.rows.count == 3)
            #expect(
                coverage.rows.indices.map { coverage.value($0, "scope").text } == ["everything", "everything", "named"])
            #expect(
                coverage.rows.indices.map { coverage.value($0, "observed_at") }
                    == [.time(second(0)), .time(second(0)), .time(second(2))])
            let sources = try await database.table("sources")
            #expect(sources.value(0, "complete") == .flag(false))
            #expect(sources.value(0, "everything_at") == .time(second(0)))
            #expect(sources.value(0, "orphan_bytes") == .integer(0))
            try await database.collect(
                [], at: second(3), others: [AspectStatus(aspect: Aspect.blobs, outcome: .complete)])
            #expect(try await database.table("sources").value(0, "complete") == .flag(true))
        }
    }

    @Test func `orphans of a registry that nobody looked into are not known, and not none`() async throws {
        try await withDatabase { database, _ in
            try await database.collect([], scope: .named)
            let sources = try await database.table("sources")
            #expect(sources.value(0, "orphan_bytes") == .null)
            #expect(sources.value(0, "everything_at") == .null)
            #expect(try await database.heldBytes(source: "registry").orphans == nil)
        }
    }
}
