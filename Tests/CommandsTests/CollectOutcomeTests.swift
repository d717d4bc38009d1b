import Figures
import Observations
import Testing

@testable import Commands

/// Swift Testing has an exit status, too.
typealias Status = Commands.ExitStatus

@Suite struct CollectOutcomeTests {
    private static func applied(
        _ outcome: AspectStatus.Outcome = .complete, check: Check.Outcome = .holds
    ) -> CollectOutcome {
        let source = SourceDescription(name: "a", kind: .archive, location: "/a", bytesAre: .stored)
        return CollectOutcome(
            source: "a",
            result: .applied(
                CollectionResult(
                    source: source, aspects: [AspectStatus(aspect: "tags", outcome: outcome, seen: 3, expected: 4)]),
                [Check(name: "x", scope: "a", left: 1, right: 1, outcome: check)]))
    }

    private static func failed(_ status: Status) -> CollectOutcome {
        CollectOutcome(source: "b", result: .failed(CommandFailure(status, "it is away")))
    }

    static let runs: [([CollectOutcome], Status)] = [
        ([applied()], .done),
        ([applied(.notAvailable)], .done),
        ([applied(.incomplete)], .incomplete),
        ([applied(.failed)], .incomplete),
        ([applied(), failed(.unavailable)], .incomplete),
        ([failed(.unavailable)], .unavailable),
        ([failed(.unavailable), failed(.unavailable)], .unavailable),
        ([failed(.usage)], .usage),
        ([failed(.usage), failed(.unavailable)], .unavailable),
        ([failed(.interrupted)], .interrupted),
        ([applied(check: .explained)], .done),
        ([applied(check: .broken)], .checkFailed),
        ([applied(.incomplete, check: .broken), failed(.unavailable)], .checkFailed),
    ]

    @Test(arguments: runs.indices)
    func `the status of a run is that of its gravest part`(number: Int) {
        #expect(Self.runs[number].0.status == Self.runs[number].1)
    }

    @Test func `every aspect and every failure is a row`() {
        let table = [Self.applied(.incomplete), Self.failed(.unavailable)].table
        #expect(table.rows.count == 2)
        #expect(table.value(0, "outcome") == .text("incomplete") && table.value(0, "expected") == .integer(4))
        #expect(table.value(1, "outcome") == .text("failed") && table.value(1, "detail") == .text("it is away"))
    }
}
