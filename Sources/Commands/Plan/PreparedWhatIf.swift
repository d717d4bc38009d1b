import Analysis
import Figures
import ImageModel
import Reporting

/// One source made ready to be asked what would go if exactly something went.
struct PreparedWhatIf: Sendable {
    let picture: PlanPicture
    private let what: WhatIf
    private let names: HoldingNames

    /// What names come to.
    struct Found {
        /// A row for each name that stands for something, in the columns of ``columns``.
        var rows: [[Value]] = []
        /// What stands for nothing in the source.
        var unknown: [String] = []
        /// All of them together.
        var together = WhatIf.Answer()
    }

    static let columns: [Table.Column] = [
        .init("source", .text), .init("name", .text), .init("items", .count), .init("freed_bytes", .bytes),
        .init("retained_bytes", .bytes), .init("unknown_objects", .count), .init("held_by", .list),
        .init("more_with", .list),
    ]

    init(_ picture: PlanPicture, collector: GarbageCollector) {
        self.picture = picture
        what = WhatIf(picture.graph, picture.facts, collector: collector, source: picture.number)
        names = HoldingNames(picture)
    }

    /// Reads a source and makes it ready; the larger part of the work.
    static func read(
        _ reader: Reader, _ source: Reader.Source, collector: GarbageCollector?
    ) async throws -> PreparedWhatIf {
        let picture = try await PlanPicture.read(reader, source)
        return PreparedWhatIf(picture, collector: collector ?? picture.usualCollector)
    }

    /// What would be freed if each of the names went, and if all of them did.
    func ask(_ wanted: [String], units: ByteUnits) -> Found {
        var found = Found()
        var all = HoldingNames.Found()
        for name in wanted {
            guard let one = names.find(name) else {
                found.unknown.append(name)
                continue
            }
            found.rows.append(row(name, what.answer(.holdings(names.holdings(one))), units))
            all.holdings.formUnion(one.holdings)
            all.tags.formUnion(one.tags)
        }
        found.together = what.answer(.holdings(names.holdings(all)))
        return found
    }

    private func row(_ name: String, _ answer: WhatIf.Answer, _ units: ByteUnits) -> [Value] {
        func names(_ bytes: KeyPath<CleanupPlan.Holder, Int64>) -> Value {
            let most = answer.holders.filter { $0[keyPath: bytes] > 0 }
                .sorted { $0[keyPath: bytes] > $1[keyPath: bytes] }.prefix(5)
            return .list(
                most.map {
                    picture.name(repository: $0.repository, item: $0.item, tags: $0.tags) + " "
                        + ByteFormat.human($0[keyPath: bytes], units: units)
                })
        }
        return [
            .text(picture.source.name), .text(name), .integer(answer.items), .integer(answer.freedBytes),
            .integer(answer.retainedBytes), .integer(answer.unknownObjects), names(\.heldBytes), names(\.freesBytes),
        ]
    }
}

extension WhatIf.Answer {
    /// Adds what is true of another source.
    mutating func add(_ other: WhatIf.Answer) {
        items += other.items
        freedBytes += other.freedBytes
        retainedBytes += other.retainedBytes
        unknownObjects += other.unknownObjects
    }

    /// The figures by their names.
    var totals: [String: Value] {
        [
            "items": .integer(items), "freed_bytes": .integer(freedBytes), "retained_bytes": .integer(retainedBytes),
            "unknown_objects": .integer(unknownObjects),
        ]
    }
}
