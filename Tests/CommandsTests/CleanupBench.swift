import Analysis
import Collectors
import Database
import Figures
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// What Docker says that its images' layers take.
struct LayersSize: Decodable {
    var layersSize: Int64

    enum CodingKeys: String, CodingKey { case layersSize = "LayersSize" }
}

/// An engine that plans are made for and carried out on.
struct CleanupBench {
    let database: LayerscopeDatabase
    let endpoint: EngineEndpoint
    let collector: GarbageCollector
    /// What the engine itself says that its layers take.
    let size: () async throws -> Int64

    /// A plan that was carried out.
    struct Made {
        var plan: CleanupPlan
        var outcomes: [DeletionOutcome]

        var words: Set<String> { Set(outcomes.map(\.state)) }
    }

    typealias Picture = (graph: LayerGraph, facts: CleanupFacts)

    static func open(
        _ url: String, _ endpoint: EngineEndpoint, _ collector: GarbageCollector,
        size: @escaping () async throws -> Int64
    ) async throws -> CleanupBench {
        CleanupBench(
            database: try await LayerscopeDatabase.open(url), endpoint: endpoint, collector: collector, size: size)
    }

    func close() async { await database.close() }

    private func collect() async throws -> Picture {
        let source = SourceDescription(name: "engine", kind: .engine, location: "here", bytesAre: .unpacked)
        let writer = try await database.begin(source, startedAt: Date())
        let result = try await EngineCollector(endpoint, name: "engine").collect(
            CollectionContext(sink: writer, documents: database.documentStore(for: "engine")))
        #expect(result.isComplete, "\(result.aspects)")
        let update = try await writer.apply(result, figures: figureUpdate)
        #expect(update.checks.allSatisfy { $0.outcome == .holds }, "\(update.checks)")
        let (graph, _, facts) = try await database.cleanupPicture(source: "engine")
        return (graph, facts)
    }

    /// Collects, plans, carries out, and holds what the engine then says against the plan.
    func make(_ choose: (Picture) throws -> CleanupSelection, _ note: String = "") async throws -> Made {
        let picture = try await collect()
        let plan = Analysis.plan(
            picture.graph, picture.facts, try choose(picture), collector: collector, source: 0)
        #expect(plan.isExact && plan.unknownObjects == 0)
        let before = try await size()
        #expect(plan.heldBytes == before || collector == .podman, "what is held is what the engine counts")
        let requests = plan.deletions.map {
            DeletionRequest(
                action: $0.action == .delete ? .delete : .untag,
                repository: picture.graph.repositoryNames[Int($0.repository)],
                digest: picture.facts.itemDigests[Int($0.item)], tags: $0.tags)
        }
        let target = try await EngineDeletionTarget.open(endpoint)
        var outcomes: [DeletionOutcome] = []
        do {
            _ = try await target.carryOut(requests) { outcomes.append($1) }
        } catch {
            await target.close()
            throw error
        }
        await target.close()
        let after = try await size()
        #expect(before - after == plan.freedBytes, "\(note) \(requests) \(outcomes)")
        return Made(plan: plan, outcomes: outcomes)
    }

    /// Selects tags by `repository:tag`.
    func tags(_ names: [String], in picture: Picture) -> CleanupSelection {
        var selection = CleanupSelection(picture.graph, picture.facts)
        selection.rules = ["named"]
        for (number, tag) in picture.facts.tags.enumerated()
        where names.contains("\(picture.graph.repositoryNames[Int(tag.repository)]):\(tag.name)") {
            selection.ruleOfTag[number] = 0
        }
        #expect(selection.count == names.count, "\(names)")
        return selection
    }

    func dangling(_ picture: Picture) throws -> CleanupSelection {
        var rule = CleanupRule(name: "dangling")
        rule.kinds = [.dangling]
        return try select(picture.graph, picture.facts, rules: [rule], now: Date())
    }

    /// Selects some names and dangling images at random, a few at a time, and carries each plan out.
    func makeRandomPlans(_ count: Int, seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var deletions = 0
        for round in 0..<count {
            let made = try await make(
                { picture in
                    var selection = CleanupSelection(picture.graph, picture.facts)
                    selection.rules = ["random"]
                    for number in picture.facts.tags.indices
                    where picture.facts.tags[number].kind == .tag && Int.random(in: 0..<5, using: &random) < 2 {
                        selection.ruleOfTag[number] = 0
                    }
                    let tagged = Set(picture.facts.tags.map(\.item))
                    for holding in 0..<picture.graph.holdingCount
                    where !tagged.contains(picture.graph.holdingItems[holding])
                        && Int.random(in: 0..<3, using: &random) == 0
                    {
                        selection.ruleOfHolding[holding] = 0
                    }
                    return selection
                }, "seed \(seed), round \(round):")
            #expect(made.words.isSubset(of: ["deleted"]), "seed \(seed), round \(round): \(made.outcomes)")
            deletions += made.outcomes.count
        }
        #expect(deletions > count / 2, "seed \(seed): there was something to do")
    }
}

extension DeletionOutcome {
    fileprivate var state: String {
        switch self {
        case .deleted: "deleted"
        case .gone: "gone"
        case .moved: "moved"
        case .refused: "refused"
        case .failed: "failed"
        }
    }
}
