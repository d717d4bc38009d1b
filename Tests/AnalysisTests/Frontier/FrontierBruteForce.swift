import Analysis
import Figures

/// Every set of candidates, one after the other: what ``FrontierSearch`` must agree with.
struct FrontierBruteForce {
    /// By loss: the most that any allowed set with that loss frees.
    let mostBytes: [Int64: Int64]

    init(_ problem: FrontierProblem) {
        let (holders, needs) = (Self.holders(problem), Self.needs(problem))
        var mostBytes: [Int64: Int64] = [:]
        for set in 0..<UInt32(1 << problem.candidateCount) {
            var loss: Int64 = 0
            var isAllowed = true
            for candidate in 0..<problem.candidateCount where set & 1 << candidate != 0 {
                loss += problem.losses[candidate]
                isAllowed = isAllowed && needs[candidate] & ~set == 0
            }
            guard isAllowed else { continue }
            var bytes: Int64 = 0
            for object in holders.indices where holders[object] != 0 && holders[object] & ~set == 0 {
                bytes += problem.objectBytes[object]
            }
            mostBytes[loss] = max(mostBytes[loss] ?? 0, bytes)
        }
        self.mostBytes = mostBytes
    }

    /// The least loss that frees so many bytes.
    func leastLoss(freeing bytes: Int64) -> Int64? { mostBytes.filter { $0.value >= bytes }.keys.min() }

    /// From what is free at no loss, always on to what is steepest from there, and the farthest of that.
    func corners() -> [Frontier.Corner] {
        var corners = [Frontier.Corner(loss: 0, freedBytes: mostBytes[0] ?? 0)]
        while let corner = corners.last {
            var best: Frontier.Corner?
            for (loss, bytes) in mostBytes where loss > corner.loss && bytes > corner.freedBytes {
                let candidate = Frontier.Corner(loss: loss, freedBytes: bytes)
                guard let known = best else {
                    best = candidate
                    continue
                }
                let new = Int128(bytes - corner.freedBytes) * Int128(known.loss - corner.loss)
                let old = Int128(known.freedBytes - corner.freedBytes) * Int128(loss - corner.loss)
                if new > old || (new == old && loss > known.loss) { best = candidate }
            }
            guard let best else { break }
            corners.append(best)
        }
        return corners
    }

    /// What a choice costs and frees, counted anew; nil when something that it needs is not in it.
    static func measure(_ problem: FrontierProblem, _ choice: [FrontierProblem.Index]) -> Frontier.Corner? {
        let chosen = Set(choice)
        guard problem.requirements.allSatisfy({ !chosen.contains($0.candidate) || chosen.contains($0.needed) }) else {
            return nil
        }
        var isHeld = [Bool](repeating: false, count: problem.objectBytes.count)
        var isKept = isHeld
        for candidate in 0..<problem.candidateCount {
            for object in problem.objects(of: candidate) {
                isHeld[Int(object)] = true
                if !chosen.contains(FrontierProblem.Index(candidate)) { isKept[Int(object)] = true }
            }
        }
        return Frontier.Corner(
            loss: choice.reduce(0) { $0 + problem.losses[Int($1)] },
            freedBytes: isHeld.indices.reduce(0) { $0 + (isHeld[$1] && !isKept[$1] ? problem.objectBytes[$1] : 0) })
    }

    private static func holders(_ problem: FrontierProblem) -> [UInt32] {
        var holders = [UInt32](repeating: 0, count: problem.objectBytes.count)
        for candidate in 0..<problem.candidateCount {
            for object in problem.objects(of: candidate) { holders[Int(object)] |= 1 << candidate }
        }
        return holders
    }

    private static func needs(_ problem: FrontierProblem) -> [UInt32] {
        var needs = [UInt32](repeating: 0, count: problem.candidateCount)
        for requirement in problem.requirements { needs[Int(requirement.candidate)] |= 1 << requirement.needed }
        return needs
    }
}
