/// A source in which deletions are made, each after a look at how things are now.
///
/// Deletions are made one after the other: registries remove a manifest's tags one by one, and two deletions at once in
/// a repository may each miss what the other leaves.
package protocol DeletionTarget: Sendable {
    /// Makes one deletion, if what the request says is still so, and makes sure that it was made. One that was begun is
    /// seen to its end even when the task is cancelled.
    ///
    /// - Throws: what leaves no hope for those that follow (``HTTPFailure``: the rate limit or time is used up, nothing
    ///   answers any more; ``EngineError``), or `CancellationError`. Everything else is an outcome.
    func delete(_ request: DeletionRequest) async throws -> DeletionOutcome

    /// Closes connections. Nothing may be deleted afterwards.
    func close() async
}

/// How many deletions ended how.
package struct DeletionTally: Sendable, Equatable {
    package var deleted = 0
    package var gone = 0
    package var moved = 0
    package var refused = 0
    package var failed = 0

    package init() {}

    package mutating func count(_ outcome: DeletionOutcome) {
        switch outcome {
        case .deleted: deleted += 1
        case .gone: gone += 1
        case .moved: moved += 1
        case .refused: refused += 1
        case .failed: failed += 1
        }
    }

    /// Whether everything that was to go is gone.
    package var isWhole: Bool { moved == 0 && refused == 0 && failed == 0 }
}

extension DeletionTarget {
    /// Makes deletions in the order given, and reports each as soon as it is made. A second run with the same requests
    /// finishes what a first one left: what is gone is told as gone.
    ///
    /// - Parameter report: told each outcome; what it throws ends the run.
    /// - Returns: how many ended how.
    /// - Throws: what ``delete(_:)`` and `report` throw. What was reported until then is done.
    package func carryOut(
        _ requests: some Sequence<DeletionRequest>,
        report: (DeletionRequest, DeletionOutcome) async throws -> Void = { _, _ in }
    ) async throws -> DeletionTally {
        var tally = DeletionTally()
        for request in requests {
            try Task.checkCancellation()
            let outcome = try await delete(request)
            tally.count(outcome)
            try await report(request, outcome)
        }
        return tally
    }
}
