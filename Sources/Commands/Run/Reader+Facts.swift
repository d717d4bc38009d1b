import Figures
import Postgres

/// What is said of an object of a graph.
struct ObjectFacts: Sendable {
    var digest: String
    var diffID: String?
    var kind: String
    /// Nil when it cannot be known.
    var bytes: Int64?
    var uncompressedBytes: Int64?
    var instruction: String?
}

/// Numbers of a graph by the numbers of the database, which count from 1 in every source.
struct GraphNumbers {
    private var numbers: [Int64: LayerGraph.Index] = [:]

    /// A graph's keys have the source's number in the upper half and the thing's own in the lower.
    init(_ keys: [Int64]) {
        numbers.reserveCapacity(keys.count)
        for (number, key) in keys.enumerated() { numbers[key] = LayerGraph.Index(number) }
    }

    subscript(source: Int32, key: Int32) -> LayerGraph.Index? { numbers[Int64(source) << 32 | Int64(key)] }
}

extension LayerGraph {
    /// Items by their numbers in the database.
    var itemNumbers: GraphNumbers { GraphNumbers(itemKeys) }
    /// Objects by their numbers in the database.
    var objectNumbers: GraphNumbers { GraphNumbers(objectKeys) }
}

extension Reader {
    /// By item, the value of a label; nil where there is none.
    func itemLabels(of graph: LayerGraph, key: String) async throws -> [String?] {
        try await itemTexts("labels", [.int4Array(graph.sourceKeys), .text(key)], "value", graph)
    }

    /// By item, a tag that names it, or else a tag of an index that it stands in; nil where there is none.
    func itemNames(of graph: LayerGraph) async throws -> [String?] {
        let own = try await itemTexts("names", [.int4Array(graph.sourceKeys)], "name", graph)
        let above = try await itemTexts("index_names", [.int4Array(graph.sourceKeys)], "name", graph)
        return zip(own, above).map { $0 ?? $1 }
    }

    private func itemTexts(
        _ step: String, _ parameters: [PostgresValue], _ column: String, _ graph: LayerGraph
    ) async throws -> [String?] {
        let numbers = graph.itemNumbers
        var texts = [String?](repeating: nil, count: graph.itemCount)
        let found = try await rows("graph_facts", step, parameters) {
            (numbers[try $0.int4("source_id"), try $0.int4("item_id")], try $0.optionalText(column))
        }
        for (item, text) in found {
            if let item { texts[Int(item)] = text }
        }
        return texts
    }

    /// Digests of the items that are waste.
    func wasteDigests(of graph: LayerGraph) async throws -> [LayerGraph.Index: String] {
        let numbers = graph.itemNumbers
        let found = try await rows("graph_facts", "waste", [.int4Array(graph.sourceKeys)]) {
            (numbers[try $0.int4("source_id"), try $0.int4("item_id")], try $0.text("digest"))
        }
        return Dictionary(found.compactMap { item, digest in item.map { ($0, digest) } }) { first, _ in first }
    }

    /// By object, a number that equal content has wherever it is kept.
    func contents(of graph: LayerGraph) async throws -> [LayerGraph.Index] {
        let numbers = graph.objectNumbers
        var known: [[UInt8]: LayerGraph.Index] = [:]
        // An object that the database does not tell of is like no other.
        var contents = graph.objectKeys.indices.map { LayerGraph.Index(graph.objectCount + $0) }
        let found = try await rows("graph_facts", "contents", [.int4Array(graph.sourceKeys)]) {
            (numbers[try $0.int4("source_id"), try $0.int4("object_id")], try $0.bytea("content"))
        }
        for (object, content) in found {
            guard let object else { continue }
            let number = known[content] ?? LayerGraph.Index(known.count)
            known[content] = number
            contents[Int(object)] = number
        }
        return contents
    }

    /// What is said of some objects of a graph.
    func objects(_ objects: [LayerGraph.Index], of graph: LayerGraph) async throws -> [LayerGraph.Index: ObjectFacts] {
        var facts: [LayerGraph.Index: ObjectFacts] = [:]
        for (source, some) in Dictionary(grouping: objects, by: { graph.objectSources[Int($0)] }) {
            let byKey = Dictionary(
                some.map { (Int32(truncatingIfNeeded: graph.objectKeys[Int($0)]), $0) }
            ) { first, _ in first }
            let parameters: [PostgresValue] = [
                .int4(graph.sourceKeys[Int(source)]), .int4Array(Array(byKey.keys)),
            ]
            let found = try await rows("graph_facts", "objects", parameters) {
                (try $0.int4("object_id"), try ObjectFacts($0))
            }
            for (key, fact) in found {
                if let object = byKey[key] { facts[object] = fact }
            }
        }
        return facts
    }
}

extension ObjectFacts {
    init(_ row: PostgresRow) throws {
        digest = try row.text("digest")
        diffID = try row.optionalText("diff_id")
        kind = try row.text("kind")
        bytes = try row.optionalInt8("bytes")
        uncompressedBytes = try row.optionalInt8("uncompressed_bytes")
        instruction = try row.optionalText("instruction")
    }
}
