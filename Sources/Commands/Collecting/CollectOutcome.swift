import Figures
import Observations
import Reporting

/// How the collection of one source ended.
struct CollectOutcome: Sendable {
    /// What came of it.
    enum Result: Sendable {
        /// The picture in the database is new.
        case applied(CollectionResult, [Check])
        /// Nothing was changed.
        case failed(any Error)
    }

    var source: String
    var result: Result

    var checks: [Check] {
        if case .applied(_, let checks) = result { checks } else { [] }
    }
}

extension [CollectOutcome] {
    /// One row for each aspect of each source; a source that failed has one row.
    var table: Table {
        var table = Table(
            name: "collected",
            columns: [
                .init("source", .text), .init("aspect", .text), .init("outcome", .text), .init("seen", .count),
                .init("expected", .count), .init("detail", .text), .init("hint", .text),
            ])
        for outcome in self {
            switch outcome.result {
            case .applied(let result, _):
                for aspect in result.aspects {
                    table.rows.append([
                        .text(outcome.source), .text(aspect.aspect), .text(aspect.outcome.rawValue),
                        .integer(Int64(aspect.seen)), aspect.expected.map { .integer(Int64($0)) } ?? .null,
                        .text(aspect.detail), .text(aspect.hint),
                    ])
                }
            case .failed(let error):
                let failure = CommandFailure(describing: error)
                table.rows.append([
                    .text(outcome.source), .text("source"), .text(AspectStatus.Outcome.failed.rawValue), .integer(0),
                    .null, .text(failure.message), .text(""),
                ])
            }
        }
        return table
    }

    /// The exit status of the run: a broken identity goes before what could not be reached, that before what is
    /// incomplete.
    var status: ExitStatus {
        if contains(where: { $0.checks.contains { $0.outcome == .broken } }) { return .checkFailed }
        let failures = compactMap { outcome -> ExitStatus? in
            guard case .failed(let error) = outcome.result else { return nil }
            return CommandFailure(describing: error).status
        }
        if failures.count == count, let first = failures.first {
            // All failed: for one reason, or for several of which none is better than "could not be reached".
            return failures.allSatisfy { $0 == first } ? first : .unavailable
        }
        let isComplete = allSatisfy { outcome in
            if case .applied(let result, _) = outcome.result { result.isComplete } else { false }
        }
        return isComplete ? .done : .incomplete
    }
}
