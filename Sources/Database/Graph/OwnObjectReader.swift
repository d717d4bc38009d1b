import Figures
import Postgres

/// Reads the objects of a source, and which item has which.
struct OwnObjectReader {
    typealias Index = LayerGraph.Index

    let reader: GraphReader
    let source: Int32

    /// In the kinds as read: a foreign layer, which takes no bytes in the source.
    private static let foreign: UInt8 = 5
    /// No object has this number.
    private static let absent: UInt8 = 255
    /// Added to a kind: a live item has the object.
    private static let used: UInt8 = 64

    /// - Parameter itemNumbers: by item key, the item's number in the graph.
    func read(_ itemNumbers: [Index], into graph: inout LayerGraph) async throws {
        var (kinds, bytes) = try await objects()
        let baseItem = graph.ownOffsets.count - 1
        let count = graph.itemCount - baseItem
        let first = Index(baseItem)

        // In the order of the rows: the item, the position, the object's key.
        var items: [Index] = []
        var positions: [Int32] = []
        var own: [Index] = []
        var isSorted = true
        var (lastItem, lastPosition): (Index, Int32) = (0, .min)
        try await reader.copy("item_objects", source) { rows in
            while try rows.next() {
                let (key, position, object) = (Int(try rows.int4()), try rows.int4(), Int(try rows.int4()))
                guard key < itemNumbers.count, object < kinds.count else { continue }
                let item = itemNumbers[key]
                guard item != LayerGraph.none, kinds[object] & 63 < Self.foreign else { continue }
                kinds[object] |= Self.used
                if item < lastItem || item == lastItem && position <= lastPosition { isSorted = false }
                (lastItem, lastPosition) = (item, position)
                items.append(item - first)
                positions.append(position)
                own.append(Index(object))
            }
        }

        var offsets = [Index](repeating: 0, count: count + 1)
        for item in items { offsets[Int(item) + 1] += 1 }
        for item in 0..<count { offsets[item + 1] += offsets[item] }
        if !isSorted { own = Self.sorted(own, items, positions, offsets) }

        let numbers = number(kinds, bytes, in: &graph)
        for place in own.indices { own[place] = numbers[Int(own[place])] }
        let base = Index(graph.ownObjects.count)
        if graph.ownObjects.isEmpty { graph.ownObjects = own } else { graph.ownObjects += own }
        graph.ownOffsets.reserveCapacity(baseItem + count + 1)
        for item in 0..<count { graph.ownOffsets.append(base + offsets[item + 1]) }
        bytes = []
    }

    /// Kinds and bytes by object key; of damaged objects the bytes that are there.
    private func objects() async throws -> (kinds: [UInt8], bytes: [Int64]) {
        let last = try await reader.connection.query(
            "SELECT coalesce(max(object_id), 0) FROM layerscope_data.object WHERE source_id = $1", [.int4(source)])
        let count = try (last.rows.first?.int(0) ?? 0) + 1
        var kinds = [UInt8](repeating: Self.absent, count: count)
        var bytes = [Int64](repeating: -1, count: count)
        try await reader.copy("objects", source) { rows in
            while try rows.next() {
                let key = Int(try rows.int4())
                guard key < count else { continue }
                kinds[key] = UInt8(truncatingIfNeeded: try rows.int2())
                bytes[key] = try rows.int8()
            }
        }
        try await reader.copy("damaged", source) { rows in
            while try rows.next() {
                let (key, there) = (Int(try rows.int4()), try rows.int8())
                if key < count { bytes[key] = there }
            }
        }
        return (kinds, bytes)
    }

    /// Numbers the objects that live items have, in the order of their keys. Returns the numbers by key.
    private func number(_ kinds: [UInt8], _ bytes: [Int64], in graph: inout LayerGraph) -> [Index] {
        let all = LayerGraph.ObjectKind.allCases
        let source = Index(graph.sourceKeys.count - 1)
        var numbers = [Index](repeating: LayerGraph.none, count: kinds.count)
        let count = kinds.reduce(0) { $0 + ($1 != Self.absent && $1 & Self.used != 0 ? 1 : 0) }
        graph.objectKeys.reserveCapacity(graph.objectKeys.count + count)
        graph.objectKinds.reserveCapacity(graph.objectKinds.count + count)
        graph.objectBytes.reserveCapacity(graph.objectBytes.count + count)
        for key in kinds.indices where kinds[key] != Self.absent && kinds[key] & Self.used != 0 {
            numbers[key] = Index(graph.objectKeys.count)
            graph.objectKeys.append(Int64(self.source) << 32 | Int64(key))
            graph.objectKinds.append(all[Int(kinds[key] & 63)])
            graph.objectBytes.append(bytes[key])
        }
        graph.objectSources += [Index](repeating: source, count: count)
        return numbers
    }

    /// The objects by item and position. Rows come in order but for items that were written again.
    private static func sorted(
        _ own: [Index], _ items: [Index], _ positions: [Int32], _ offsets: [Index]
    ) -> [Index] {
        var places = offsets
        var sorted = [Index](repeating: 0, count: own.count)
        var order = [Int32](repeating: 0, count: own.count)
        for row in own.indices {
            let start = Int(offsets[Int(items[row])])
            var place = Int(places[Int(items[row])])
            places[Int(items[row])] += 1
            while place > start, order[place - 1] > positions[row] {
                order[place] = order[place - 1]
                sorted[place] = sorted[place - 1]
                place -= 1
            }
            order[place] = positions[row]
            sorted[place] = own[row]
        }
        return sorted
    }
}
