package import Figures

/// What may be given up, what that costs, and what it may free: the input of ``FrontierSearch``.
///
/// Only objects whose holders are all candidates belong here: one that something else holds is never freed.
package struct FrontierProblem: Sendable {
    /// A number of a candidate or an object, each from 0.
    package typealias Index = LayerGraph.Index

    /// Giving up `candidate` gives up `needed` as well: an index's children, a subject's referrers.
    package struct Requirement: Sendable, Equatable {
        package var candidate: Index
        package var needed: Index

        package init(_ candidate: Index, needs needed: Index) {
            self.candidate = candidate
            self.needed = needed
        }
    }

    /// By candidate, 0 or more: 1 for an image, or a weight as a whole number of small units.
    package let losses: [Int64]
    /// By object, 0 or more.
    package let objectBytes: [Int64]
    /// Objects that candidate i holds: `held[heldOffsets[i]..<heldOffsets[i + 1]]`; one may be listed twice.
    package let heldOffsets: [Index]
    package let held: [Index]
    package let requirements: [Requirement]

    package var candidateCount: Int { losses.count }

    /// - Throws: ``FrontierProblemError`` when numbers do not fit together, are negative, or sum to 2⁶² or more.
    package init(
        losses: [Int64], objectBytes: [Int64], heldOffsets: [Index], held: [Index], requirements: [Requirement] = []
    ) throws(FrontierProblemError) {
        guard heldOffsets.count == losses.count + 1, heldOffsets.first == 0,
            heldOffsets.last.map({ Int($0) }) == held.count, zip(heldOffsets, heldOffsets.dropFirst()).allSatisfy(<=)
        else { throw .offsets }
        guard held.allSatisfy({ $0 < objectBytes.count }) else { throw .unknownObject }
        guard requirements.allSatisfy({ $0.candidate < losses.count && $0.needed < losses.count }) else {
            throw .unknownCandidate
        }
        guard Self.sumIsSmall(losses), Self.sumIsSmall(objectBytes) else { throw .range }
        self.losses = losses
        self.objectBytes = objectBytes
        self.heldOffsets = heldOffsets
        self.held = held
        self.requirements = requirements
    }

    /// The same from a list of objects for each candidate.
    package init(
        losses: [Int64], objectBytes: [Int64], held: [[Index]], requirements: [Requirement] = []
    ) throws(FrontierProblemError) {
        var offsets: [Index] = [0]
        var count = 0
        for list in held {
            count += list.count
            offsets.append(Index(count))
        }
        try self.init(
            losses: losses, objectBytes: objectBytes, heldOffsets: offsets, held: Array(held.joined()),
            requirements: requirements)
    }

    /// The objects that a candidate holds.
    package func objects(of candidate: Int) -> ArraySlice<Index> {
        held[Int(heldOffsets[candidate])..<Int(heldOffsets[candidate + 1])]
    }

    private static func sumIsSmall(_ numbers: [Int64]) -> Bool {
        var sum: Int64 = 0
        for number in numbers {
            let (next, overflows) = sum.addingReportingOverflow(number)
            guard number >= 0, !overflows, next < 1 << 62 else { return false }
            sum = next
        }
        return true
    }
}

/// Why numbers are no ``FrontierProblem``.
package enum FrontierProblemError: Error, Equatable, CustomStringConvertible {
    case offsets
    case unknownObject
    case unknownCandidate
    case range

    package var description: String {
        switch self {
        case .offsets: "frontier problem: the offsets do not divide the held objects; give one more than candidates"
        case .unknownObject: "frontier problem: a candidate holds an object that has no size; list it"
        case .unknownCandidate: "frontier problem: a requirement names no candidate; list it"
        case .range: "frontier problem: losses and sizes must be 0 or more and sum to less than 2⁶²; scale them"
        }
    }
}
