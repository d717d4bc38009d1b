import Analysis
import TestSupport

/// Random problems with everything that real ones may have: objects that all share and that nobody holds, objects
/// without bytes, the same object twice, candidates that free nothing, losses of 0, equal prices, enormous sizes,
/// requirements in chains, circles and to oneself.
struct RandomFrontierProblem {
    private(set) var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func problem(candidates range: ClosedRange<Int>) throws -> FrontierProblem {
        let candidates = number(range)
        let objects = number(0...max(1, candidates * 2))
        let sizes = number(0...3)
        let losses = number(0...3)
        let objectBytes = (0..<objects).map { _ in bytes(sizes, objects) }
        let density = number(1...4)
        let held: [[FrontierProblem.Index]] = (0..<candidates).map { _ in
            guard objects > 0 else { return [] }
            return (0..<number(0...density * 2)).map { _ in
                // Low numbers are held by many.
                FrontierProblem.Index(min(number(0...objects - 1), number(0...objects - 1)))
            }
        }
        let requirements = (0..<(candidates > 0 && number(0...1) == 0 ? number(0...candidates) : 0)).map { _ in
            FrontierProblem.Requirement(
                FrontierProblem.Index(number(0...candidates - 1)),
                needs: FrontierProblem.Index(number(0...candidates - 1)))
        }
        return try FrontierProblem(
            losses: (0..<candidates).map { _ in loss(losses) }, objectBytes: objectBytes, held: held,
            requirements: requirements)
    }

    private mutating func bytes(_ sizes: Int, _ objects: Int) -> Int64 {
        switch sizes {
        case 0: Int64(number(0...3))
        case 1: 6
        case 2: Int64(number(0...1_000_000))
        default: number(0...9) == 0 ? (1 << 61) / Int64(max(1, objects)) - Int64(number(0...9)) : Int64(number(0...99))
        }
    }

    private mutating func loss(_ losses: Int) -> Int64 {
        switch losses {
        case 0: 1
        case 1: Int64(number(0...2))
        case 2: 6 * Int64(number(1...4))
        default: number(0...9) == 0 ? 1 << 54 : Int64(number(1...1000))
        }
    }
}
