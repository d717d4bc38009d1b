import Figures
import Foundation
import ImageModel

/// Plans as rows: first what goes, in the order in which it is to go, then what a rule selected and stays.
enum PlanTable {
    static let columns: [Table.Column] = [
        .init("action", .text), .init("source", .text), .init("repository", .text), .init("tags", .list),
        .init("digest", .digest), .init("kind", .text), .init("created_at", .time), .init("pushed_at", .time),
        .init("pulled_at", .time), .init("exclusive_bytes", .bytes), .init("reason", .text),
        .init("selected", .flag), .init("blocker", .text), .init("blocked_by", .text),
    ]

    static let shown = ["action", "repository", "tags", "digest", "created_at", "exclusive_bytes", "why"]

    /// The rows of a plan.
    static func rows(_ plan: CleanupPlan, of picture: PlanPicture) -> [[Value]] {
        let holdings = HoldingTimes(picture)
        let deletions = plan.deletions.map { deletion in
            start(deletion.action.rawValue, deletion.repository, deletion.item, deletion.tags, picture, holdings) + [
                .integer(deletion.exclusiveBytes), .text(deletion.reason), .flag(deletion.isSelected), .null, .null,
            ]
        }
        let refusals = plan.refusals.map { refusal in
            start("keep", refusal.repository, refusal.item, refusal.tags, picture, holdings) + [
                .null, .text(refusal.rule), .flag(true), .text(refusal.blocker.rawValue), .text(refusal.blockedBy),
            ]
        }
        return deletions + refusals
    }

    private static func start(
        _ action: String, _ repository: LayerGraph.Index, _ item: LayerGraph.Index, _ tags: [String],
        _ picture: PlanPicture, _ holdings: HoldingTimes
    ) -> [Value] {
        let created = picture.facts.itemCreatedAt[Int(item)]
        let (pushed, pulled) = holdings.times(repository, item)
        return [
            .text(action), .text(picture.source.name), .text(picture.repository(repository)), .list(tags),
            .text(picture.digest(item).description), .text(picture.graph.itemKinds[Int(item)].word),
            created.map { .time($0) } ?? .null, pushed.map { .time($0) } ?? .null, pulled.map { .time($0) } ?? .null,
        ]
    }

    /// The rows as people read them: why something goes, and why something stays, in one column.
    static func forReading(_ table: Table) -> Table {
        var table = table
        table.columns.append(.init("why", .text))
        for row in table.rows.indices {
            let blocker = table.value(row, "blocker").text
            let reason = table.value(row, "reason").text ?? ""
            let by = table.value(row, "blocked_by").text ?? ""
            table.rows[row].append(.text(blocker.map { "\(Self.words[$0] ?? $0) \(by)" } ?? reason))
        }
        return table
    }

    /// What a blocker does, before the name of who does it.
    static let words: [String: String] = [
        "tag": "also named", "index": "listed by", "subject": "about", "container": "used by", "pinned": "pinned in",
        "child": "built on by", "incomplete": "not seen whole:", "keep_rule": "kept for",
    ]

    /// The totals of plans whose bytes mean the same.
    static func totals(_ plans: [CleanupPlan]) -> [String: Value] {
        func sum(_ figure: (CleanupPlan) -> Int64) -> Value { .integer(plans.reduce(0) { $0 + figure($1) }) }
        return [
            "freed_bytes": sum(\.freedBytes), "garbage_bytes": sum(\.garbageBytes),
            "retained_bytes": sum(\.retainedBytes), "held_bytes": sum(\.heldBytes),
            "unknown_objects": sum(\.unknownObjects), "deletions": sum { Int64($0.deletions.count) },
            "refusals": sum { Int64($0.refusals.count) },
            "alone_bytes": sum { $0.deletions.reduce(0) { $0 + $1.exclusiveBytes } },
            "exact": .flag(plans.allSatisfy(\.isExact)),
        ]
    }
}

/// Push and pull times of holdings, by repository and item.
private struct HoldingTimes {
    private var places: [UInt64: Int] = [:]
    private let facts: CleanupFacts

    init(_ picture: PlanPicture) {
        facts = picture.facts
        places.reserveCapacity(picture.graph.holdingCount)
        for holding in 0..<picture.graph.holdingCount {
            places[Self.key(picture.graph.holdingRepositories[holding], picture.graph.holdingItems[holding])] = holding
        }
    }

    private static func key(_ repository: LayerGraph.Index, _ item: LayerGraph.Index) -> UInt64 {
        UInt64(repository) << 32 | UInt64(item)
    }

    func times(_ repository: LayerGraph.Index, _ item: LayerGraph.Index) -> (pushed: Date?, pulled: Date?) {
        guard let holding = places[Self.key(repository, item)] else { return (nil, nil) }
        let pulled: Date? = if case .at(let date) = facts.holdingLastPull[holding] { date } else { nil }
        return (facts.holdingPushedAt[holding], pulled)
    }
}

extension LayerGraph.ItemKind {
    /// The kind as the views name it.
    var word: String {
        switch self {
        case .image: "image"
        case .index: "index"
        case .attestation: "attestation"
        case .artifact: "artifact"
        case .cache: "cache"
        }
    }
}
