import Analysis

/// The most that a set can be worth at a price, by the shortest augmenting paths over a table of capacities (Edmonds
/// and Karp), straight from the problem: no node is merged, folded or left out.
struct SimpleMinimumCut {
    private var capacities: [[Int128]]
    private let source: Int
    private let sink: Int
    private var supply: Int128 = 0

    /// - Parameters:
    ///   - gain: what a byte is worth.
    ///   - cost: what a unit of loss costs.
    init(_ problem: FrontierProblem, gain: Int128, cost: Int128) {
        let candidates = problem.candidateCount
        let count = candidates + problem.objectBytes.count + 2
        (source, sink) = (count - 2, count - 1)
        capacities = [[Int128]](repeating: [Int128](repeating: 0, count: count), count: count)
        for candidate in 0..<candidates {
            capacities[candidate][sink] = cost * Int128(problem.losses[candidate])
            for object in problem.objects(of: candidate).lazy.map({ Int($0) }) {
                capacities[source][candidates + object] = gain * Int128(problem.objectBytes[object])
                capacities[candidates + object][candidate] = Int128.max / 4
            }
        }
        for requirement in problem.requirements {
            capacities[Int(requirement.candidate)][Int(requirement.needed)] = Int128.max / 4
        }
        supply = capacities[source].reduce(0, +)
    }

    /// Supply minus what flows.
    mutating func mostWorth() -> Int128 {
        var worth = supply
        while let path = path() {
            let amount = path.map { capacities[$0.from][$0.to] }.min() ?? 0
            for arc in path {
                capacities[arc.from][arc.to] -= amount
                capacities[arc.to][arc.from] += amount
            }
            worth -= amount
        }
        return worth
    }

    private func path() -> [(from: Int, to: Int)]? {
        var before = [Int](repeating: -1, count: capacities.count)
        before[source] = source
        var queue = [source]
        var next = 0
        while next < queue.count, before[sink] < 0 {
            let node = queue[next]
            next += 1
            capacities[node].withUnsafeBufferPointer { row in
                for head in row.indices where row[head] > 0 && before[head] < 0 {
                    before[head] = node
                    queue.append(head)
                }
            }
        }
        guard before[sink] >= 0 else { return nil }
        var path: [(from: Int, to: Int)] = []
        var node = sink
        while node != source {
            path.append((before[node], node))
            node = before[node]
        }
        return path
    }
}
