import Analysis
import Database
import Figures
import Foundation
import ImageModel
import Observations
import Postgres
import TestSupport
import Testing

/// Random collections, compared with a model that does the same in plain values: the picture now, and at every moment
/// before.
@Suite(.enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct HistoryTests {
    @Test(arguments: 0..<12) func `every moment is as the model has it`(seed: Int) async throws {
        try await withDatabase { database, url in
            var models = [SourceModel(seed: UInt64(seed) * 2 + 1), SourceModel(seed: UInt64(seed) * 2 + 2)]
            let sources = [registry("one"), registry("two")]
            var history: [(source: Int, moment: Date, state: SourceState)] = []
            for step in 0..<14 {
                let source = step % 5 < 3 ? 0 : 1
                let (observations, repositories) = models[source].collect()
                let moment = second(Double(step) * 10)
                try await database.collect(
                    observations, of: sources[source], at: moment, repositories: repositories)
                history.append((source, moment, models[source].state))
                let now = try await Self.state(of: database, sources[source].name, nil)
                #expect(now == models[source].state, "step \(step)")
            }
            for (source, moment, state) in history {
                var then = try await Self.state(of: database, sources[source].name, moment.addingTimeInterval(4))
                var expected = state
                // Children and subjects that were first read later are known of the past, too, and how completely a
                // repository was seen is known of the last time only.
                for digest in Set(then.items.keys).union(expected.items.keys) {
                    then.items[digest]?.subject = ""
                    expected.items[digest]?.subject = ""
                }
                expected = Self.completed(expected, by: then, models[source])
                #expect(then == expected, "\(moment)")
            }
            #expect(try await database.integrityProblems().rows.isEmpty)
            try await Self.expectFigures(database)
        }
    }

    /// The state with what was learned later: children that were there, but had not been read.
    private static func completed(_ state: SourceState, by later: SourceState, _ model: SourceModel) -> SourceState {
        var state = state
        for (digest, item) in state.items {
            guard let learned = later.items[digest], learned.children != item.children,
                Set(item.children).isSubset(of: learned.children)
            else { continue }
            state.items[digest]?.children = learned.children
        }
        var queue = state.items.values.flatMap(\.children)
        while let digest = queue.popLast() {
            guard state.items[digest] == nil, let learned = later.items[digest] else { continue }
            state.items[digest] = learned
            queue += learned.children
        }
        return state
    }

    /// The graph of a source in plain values.
    static func state(of database: LayerscopeDatabase, _ source: String, _ moment: Date?) async throws -> SourceState {
        let graph = try await database.graph(sources: [source], at: moment)
        #expect(graph.isWellFormed)
        let names = try await database.pool.withConnection { connection in
            var names: [String: Digest] = [:]
            for (table, key) in [("item", "digest"), ("object", "key")] {
                let rows = try await connection.query(
                    "SELECT source_id::int8 << 32 | \(table)_id, \(key) FROM layerscope_data.\(table)")
                for row in rows.rows { names["\(table) \(try row.int8(0))"] = Digest(bytes: try row.bytea(1)) }
            }
            return names
        }
        let items = try graph.itemKeys.map { try #require(names["item \($0)"]) }
        let objects = try graph.objectKeys.map { try #require(names["object \($0)"]) }
        var state = SourceState()
        for holding in 0..<graph.holdingCount {
            let repository = graph.repositoryNames[Int(graph.holdingRepositories[holding])]
            let key = "\(repository) \(items[Int(graph.holdingItems[holding])])"
            #expect(state.holdings.updateValue(graph.holdingIsReferenced[holding], forKey: key) == nil)
        }
        for item in 0..<graph.itemCount {
            let subject = graph.itemSubjects[item]
            state.items[items[item]] = SourceState.Item(
                kind: "\(graph.itemKinds[item])",
                objects: graph.objects(of: item).map { "\(objects[Int($0)]) \(graph.objectBytes[Int($0)])" },
                children: graph.children(of: item).map { items[Int($0)] }, missing: Int(graph.missingChildren[item]),
                subject: subject == LayerGraph.none
                    ? "unknown" : subject == LayerGraph.missing ? "missing" : "\(items[Int(subject)])")
        }
        return state
    }

    /// The figures in the tables are those of the graph.
    private static func expectFigures(_ database: LayerscopeDatabase) async throws {
        for source in try await database.table("sources").rows.indices {
            let name = try await database.table("sources", sort: [Sort("source")]).value(source, "source").text ?? ""
            let (graph, labels) = try await database.labelledGraph(sources: [name])
            let update = figureUpdate(graph, labels)
            let only = [Filter("source", .equal, .text(name))]
            let row = try await database.table("usage_by_source", filters: only)
            let total = try #require(update.figures.sources.first)
            #expect(row.value(0, "stored_bytes") == .integer(total.storedBytes))
            #expect(row.value(0, "unknown_objects") == .integer(total.unknownObjects))
            let items = try await database.table("items", filters: only)
            #expect(items.rows.count == graph.itemCount)
            let sums = { (column: String) in
                items.rows.indices.compactMap { items.value($0, column).integer }.reduce(0, +)
            }
            #expect(sums("exclusive_bytes") == update.figures.items.reduce(0) { $0 + $1.exclusiveBytes })
            #expect(sums("fair_share_bytes") == total.storedBytes)
            let objects = try await database.table("objects", filters: only)
            let bytes = objects.rows.indices.compactMap { objects.value($0, "bytes").integer }
            #expect(bytes.reduce(0, +) == total.storedBytes)
            let groups = try await database.table("usage_by_repository", filters: only)
            #expect(groups.rows.count == update.groups.first?.grouping.keys.count)
            #expect(
                groups.rows.indices.compactMap { groups.value($0, "fair_share_bytes").integer }.reduce(0, +)
                    == total.storedBytes)
            let waste = try await database.table("waste", filters: only + [Filter("kind", .equal, .text("all"))])
            #expect(waste.value(0, "exclusive_bytes") == .integer(update.figures.allWaste.first?.exclusiveBytes ?? 0))
            let checks = try await database.table("checks", filters: only)
            #expect(checks.rows.count == update.checks.count)
            #expect(!checks.rows.indices.contains { checks.value($0, "outcome") == .text("broken") })
        }
    }
}
