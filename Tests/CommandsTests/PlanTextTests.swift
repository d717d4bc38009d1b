import Analysis
import Database
import Figures
import Foundation
import ImageModel
import Reporting
import TestSupport
import Testing

@testable import Commands

/// What is printed of a plan, against plans made by hand.
@Suite struct PlanTextTests {
    /// Two repositories with an image each; the first has two tags.
    private static func picture(
        kind: String = "registry", product: String = "OCI registry", repository: String = "team/app"
    ) -> PlanPicture {
        var builder = GraphBuilder()
        _ = builder.source("registry")
        let (one, two) = (builder.repository(repository), builder.repository("team/web"))
        let app = builder.item(.image, [builder.object(1_500_000)])
        let web = builder.item(.index, [builder.object(2_000)])
        builder.hold(app, in: one)
        builder.hold(web, in: two)
        let graph = builder.graph
        var facts = CleanupFacts()
        facts.itemDigests = [.of(Array("app".utf8)), .of(Array("web".utf8))]
        facts.itemCreatedAt = [Date(timeIntervalSince1970: 100), nil]
        facts.objectKeys = (0..<2).map { .of([UInt8($0)]) }
        facts.holdingPushedAt = [Date(timeIntervalSince1970: 200), nil]
        facts.holdingLastPull = [.at(Date(timeIntervalSince1970: 300)), .never]
        facts.holdingWasTagged = [true, true]
        facts.repositoryOwners = ["us", "<none>"]
        facts.repositoryIsComplete = [true, true]
        facts.isEverythingKnown = [true]
        return PlanPicture(
            source: .init(name: "registry", bytesAre: "stored"), kind: kind, product: product, location: "",
            graph: graph,
            labels: GraphLabels(), facts: facts)
    }

    private static func plan(_ change: (inout CleanupPlan) -> Void = { _ in }) -> CleanupPlan {
        var plan = CleanupPlan(source: 0, collector: .distribution)
        plan.deletions = [
            .init(
                action: .delete, repository: 0, item: 0, tags: ["1", "2"], reason: "tag .*", exclusiveBytes: 1_000_000)
        ]
        (plan.freedBytes, plan.heldBytes) = (1_000_000, 3_000_000)
        change(&plan)
        return plan
    }

    private static func summary(_ change: (inout CleanupPlan) -> Void = { _ in }) -> PlanSummary {
        PlanSummary(plan: plan(change), picture: picture(), units: .si)
    }

    @Test func `rows say what goes, then what stays and why`() {
        let plan = Self.plan {
            $0.deletions.append(
                .init(
                    action: .untag, repository: 1, item: 1, tags: ["x"], reason: "about team/app:1", isSelected: false))
            $0.refusals = [
                .init(
                    repository: 1, item: 1, tags: ["y"], rule: "tag .*", blocker: .keepRule, blockedBy: "team/web:z")
            ]
        }
        let picture = Self.picture()
        let table = Table(name: "plan", columns: PlanTable.columns, rows: PlanTable.rows(plan, of: picture))
        func time(_ seconds: Double) -> Value { .time(Date(timeIntervalSince1970: seconds)) }
        let (app, web) = (picture.digest(0).description, picture.digest(1).description)
        #expect(
            table.rows == [
                [
                    .text("delete"), .text("registry"), .text("team/app"), .list(["1", "2"]), .text(app),
                    .text("image"),
                    time(100), time(200), time(300), .integer(1_000_000), .text("tag .*"), .flag(true), .null, .null,
                ],
                [
                    .text("untag"), .text("registry"), .text("team/web"), .list(["x"]), .text(web), .text("index"),
                    .null,
                    .null, .null, .integer(0), .text("about team/app:1"), .flag(false), .null, .null,
                ],
                [
                    .text("keep"), .text("registry"), .text("team/web"), .list(["y"]), .text(web), .text("index"),
                    .null,
                    .null, .null, .null, .text("tag .*"), .flag(true), .text("keep_rule"), .text("team/web:z"),
                ],
            ])
        let read = PlanTable.forReading(table)
        #expect(
            read.rows.indices.map { read.value($0, "why") } == [
                .text("tag .*"), .text("about team/app:1"), .text("kept for team/web:z"),
            ])
    }

    @Test func `every blocker has its words`() {
        for blocker in CleanupPlan.Refusal.Blocker.allCases { #expect(PlanTable.words[blocker.rawValue] != nil) }
        #expect(PlanTable.words.count == CleanupPlan.Refusal.Blocker.allCases.count)
    }

    @Test func `totals are sums over plans`() {
        let one = Self.plan {
            ($0.garbageBytes, $0.retainedBytes, $0.unknownObjects) = (10, 20, 3)
        }
        let two = Self.plan {
            $0.isExact = false
            $0.deletions.append(.init(action: .delete, repository: 1, item: 1, reason: "x", exclusiveBytes: 5))
            $0.refusals = [.init(repository: 0, item: 0, rule: "", blocker: .tag, blockedBy: "")]
        }
        #expect(
            PlanTable.totals([one, two]) == [
                "freed_bytes": .integer(2_000_000), "garbage_bytes": .integer(10), "retained_bytes": .integer(20),
                "held_bytes": .integer(6_000_000), "unknown_objects": .integer(3), "deletions": .integer(3),
                "refusals": .integer(1), "alone_bytes": .integer(2_000_005), "exact": .flag(false),
            ])
    }

    @Test func `the summary says what is freed, by whom, and what holds the rest`() {
        #expect(
            Self.summary().lines == [
                "registry: 1 deletion frees 1 MB (1,000,000 bytes) of 3 MB under distribution"
            ])
        let lines = Self.summary {
            $0.deletions.append(.init(action: .delete, repository: 1, item: 1, reason: "x", exclusiveBytes: 500_000))
            ($0.freedBytes, $0.garbageBytes, $0.retainedBytes) = (2_500_000, 200_000, 70_000)
            $0.holders = [
                .init(repository: 1, item: 1, tags: [], heldBytes: 50_000, freesBytes: 0),
                .init(repository: 0, item: 0, tags: ["9"], heldBytes: 70_000, freesBytes: 90_000),
            ]
        }.lines
        #expect(
            lines == [
                "registry: 2 deletions free 2.5 MB (2,500,000 bytes) of 3 MB under distribution",
                "registry: of that, 200 kB would go without any deletion: nothing holds it",
                "registry: each alone they free 1.5 MB; 800 kB more only together",
                "registry: 70 kB of what goes stays, because others hold it: team/app:9 70 kB, "
                    + "team/web@\(Self.picture().digest(1).short) 50 kB",
                "registry: more would go with one of: team/app:9 90 kB",
            ])
        #expect(
            Self.summary { ($0.deletions, $0.freedBytes) = ([], 0) }.lines.first?.contains(": 0 deletions free 0 B")
                == true)
    }

    @Test func `what must be known before anybody acts is a warning`() {
        #expect(Self.summary().warnings.isEmpty)
        let warnings = Self.summary {
            $0.obstacles = ["a link of team/app has no digest"]
            $0.isExact = false
            $0.unknownObjects = 1
            $0.deletions.append(.init(action: .untag, repository: 1, item: 1, tags: ["x", "y"], reason: ""))
            $0.destructions = [
                .init(repository: 1, item: 1, tags: ["z"], bytes: 2_000),
                .init(repository: 0, item: 0, tags: [], bytes: 1_000),
            ]
        }.warnings
        #expect(warnings.count == 5 && warnings.allSatisfy { $0.hasPrefix("registry: ") })
        #expect(warnings[0] == "registry: a link of team/app has no digest")
        #expect(warnings[1].contains("upper bound") && warnings[1].contains("collect storage DIR --name registry"))
        #expect(warnings[2].contains("1 object of unknown size goes, too"))
        #expect(
            warnings[3]
                == "registry: distribution would DESTROY 2 images that are to stay, 3 kB: team/web:z, "
                + "team/app@\(Self.picture().digest(0).short)")
        #expect(warnings[4].contains("2 tags share their manifest") && warnings[4].contains("distribution 2 cannot"))
        for collector in [GarbageCollector.distribution3, .harbor, .docker, .podman, .reach] {
            let summary = Self.summary {
                $0.collector = collector
                $0.deletions = [.init(action: .untag, repository: 1, item: 1, tags: ["x"], reason: "")]
            }
            #expect(summary.warnings.isEmpty, "\(collector) takes a tag away alone")
        }
    }

    @Test func `many destroyed images are counted, and twenty are named`() {
        let warnings = Self.summary {
            $0.destructions = (0..<23).map { .init(repository: 0, item: 0, tags: ["v\($0)"], bytes: 1) }
        }.warnings
        #expect(warnings.count == 1 && warnings[0].hasSuffix("team/app:v19 and 3 more"), "\(warnings)")
    }

    @Test func `a target says the loss and how far from the least it may be`() {
        func lines(_ choice: TargetChoice?, _ measure: LossMeasure = .images) -> [String] {
            let frontier = Frontier(
                corners: [.init(loss: 0, freedBytes: 0), .init(loss: 9, freedBytes: 5_000)], entersAt: [], lossUnit: 1)
            return PlannedSource(
                picture: Self.picture(), rules: [], plan: Self.plan(),
                target: .init(bytes: 4_000, measure: measure, choice: choice, frontier: frontier)
            ).targetLines(.si)
        }
        #expect(
            lines(nil) == [
                "registry: 4 kB cannot be reached: everything that the rules let go frees 1 MB"
            ])
        #expect(
            lines(TargetChoice(candidates: [], loss: 1, freedBytes: 5_000, lowerBound: 1)) == [
                "registry: for 4 kB the loss is 1 image of 9 that may go; no plan has less"
            ])
        #expect(
            lines(TargetChoice(candidates: [], loss: 7, freedBytes: 5_000, lowerBound: 5)) == [
                "registry: for 4 kB the loss is 7 images of 9 that may go; no plan has less than 5, so at most 2 could "
                    + "be spared"
            ])
        let none = PlannedSource(picture: Self.picture(), rules: [], plan: Self.plan())
        #expect(none.targetLines(.si).isEmpty)
    }

    @Test func `what frees bytes follows from what the source is`() throws {
        func usual(_ kind: String, _ product: String) -> GarbageCollector {
            Self.picture(kind: kind, product: product).usualCollector
        }
        #expect(usual("registry", "OCI registry") == .distribution && usual("archive", "") == .reach)
        #expect(usual("engine", "Docker Engine 28") == .docker && usual("engine", "Podman 4") == .podman)
        #expect(usual("registry", "OCI layout (zot)") == .reach)

        var configuration = Configuration()
        configuration.cleanup.collectors = [("reg*", .harbor)]
        let registry = Self.picture()
        #expect(try registry.collector(nil, configuration) == .harbor)
        #expect(try registry.collector(.distribution3, configuration) == .distribution3)
        #expect(throws: CommandFailure.self) { try registry.collector(.docker, configuration) }
        #expect(throws: CommandFailure.self) {
            try Self.picture(kind: "engine", product: "Docker Engine 28").collector(nil, configuration)
        }
    }
}
