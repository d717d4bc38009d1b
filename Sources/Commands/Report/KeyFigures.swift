import Figures
import Reporting

/// The figures that stand for a scope as a whole.
struct KeyFigures {
    let picture: GraphPicture
    let figures: FigureSet
    let buckets: [ReferenceBucket]
    /// Nil when duplicates cannot be known.
    let duplicates: Table?
    let isUnpacked: Bool

    var all: [KeyFigure] { bytes + counts }

    private var bytes: [KeyFigure] {
        let stored = sum(\.storedBytes)
        let apparent = sum(\.apparentBytes)
        let single = buckets.filter { $0.from == 1 && $0.through == 1 }.reduce(0) { $0 + $1.bytes }
        let ratio = stored > 0 ? Double(apparent) / Double(stored) : nil
        let wasted = figures.allWaste.reduce(0) { $0 + $1.exclusiveBytes }
        let items = figures.allWaste.reduce(0) { $0 + $1.items }
        var all = [
            KeyFigure(
                "stored_bytes", "Stored", .integer(stored), .bytes,
                note: isUnpacked ? "unpacked, each layer once" : "as stored, each object once"),
            KeyFigure(
                "apparent_bytes", "Without sharing", .integer(apparent), .bytes,
                note: ratio.map { "\(RatioFormat.decimals($0)) times as much" } ?? ""),
            KeyFigure(
                "sharing_ratio", "Sharing ratio", ratio.map { .real($0) } ?? .null, .ratio,
                note: "without sharing ÷ stored"),
            KeyFigure(
                "single_image_bytes", "Held by one image", .integer(single), .bytes,
                note: RatioFormat.percent(single, of: stored).map { "\($0) of stored" } ?? ""),
            KeyFigure(
                "waste_bytes", "Waste", .integer(wasted), .bytes,
                note: items == 1 ? "1 item" : "\(CountFormat.grouped(items)) items, together"),
        ]
        if let duplicates {
            let again = duplicates.rows.indices.reduce(Int64(0)) {
                $0 + (duplicates.value($1, "duplicate_bytes").integer ?? 0)
            }
            all.append(KeyFigure("duplicate_bytes", "Duplicates", .integer(again), .bytes, note: "content kept again"))
        }
        return all
    }

    private var counts: [KeyFigure] {
        let graph = picture.graph
        let repositories = Set(graph.holdingRepositories).count
        let layers = graph.objectKinds.indices.count {
            graph.objectKinds[$0] == .layer && figures.objectRepositories[$0] > 0
        }
        var all = [
            KeyFigure(
                "images", "Images", .integer(sum(\.images)), .count,
                note: repositories == 1
                    ? "in 1 repository" : "in \(CountFormat.grouped(Int64(repositories))) repositories"),
            KeyFigure("layers", "Layers", .integer(Int64(layers)), .count, note: "distinct"),
        ]
        let unknown = sum(\.unknownObjects)
        if unknown > 0 {
            all.append(
                KeyFigure("unknown_objects", "Of unknown size", .integer(unknown), .count, note: "objects, in no sum"))
        }
        return all
    }

    private func sum(_ figure: KeyPath<ByteFigures, Int64>) -> Int64 {
        figures.sources.reduce(0) { $0 + $1[keyPath: figure] }
    }
}
