import Analysis

/// What comes to mind first: delete whatever frees most for its loss at the moment, again and again.
struct GreedyDeletion {
    /// Losses and freed bytes so far, after each deletion.
    private var steps: [(loss: Int64, bytes: Int64)] = []

    init(_ problem: FrontierProblem) {
        var holders = [Int32](repeating: 0, count: problem.objectBytes.count)
        // The exclusive or of all holders: of a single one, it is that holder.
        var holder = [UInt32](repeating: 0, count: problem.objectBytes.count)
        for candidate in 0..<problem.candidateCount {
            for object in problem.objects(of: candidate) {
                holders[Int(object)] += 1
                holder[Int(object)] ^= UInt32(candidate)
            }
        }
        var gains = (0..<problem.candidateCount).map { candidate in
            problem.objects(of: candidate).reduce(Int64(0)) {
                $0 + (holders[Int($1)] == 1 ? problem.objectBytes[Int($1)] : 0)
            }
        }
        var queue = Queue()
        for candidate in gains.indices { queue.add(Self.worth(gains[candidate], problem, candidate), candidate) }
        var isDeleted = [Bool](repeating: false, count: problem.candidateCount)
        var sum = (loss: Int64(0), bytes: Int64(0))
        while let candidate = queue.popGreatest() {
            guard !isDeleted[candidate] else { continue }
            isDeleted[candidate] = true
            sum = (sum.loss + problem.losses[candidate], sum.bytes + gains[candidate])
            steps.append(sum)
            for object in problem.objects(of: candidate).lazy.map({ Int($0) }) {
                holders[object] -= 1
                holder[object] ^= UInt32(candidate)
                guard holders[object] == 1 else { continue }
                let last = Int(holder[object])
                gains[last] += problem.objectBytes[object]
                queue.add(Self.worth(gains[last], problem, last), last)
            }
        }
    }

    /// The loss until so many bytes were freed.
    func loss(freeing bytes: Int64) -> Int64 { steps.first { $0.bytes >= bytes }?.loss ?? 0 }

    private static func worth(_ gain: Int64, _ problem: FrontierProblem, _ candidate: Int) -> Double {
        Double(gain) / Double(problem.losses[candidate])
    }

    /// A binary heap. What becomes worth more is added again.
    private struct Queue {
        private var entries: [(worth: Double, candidate: Int)] = []

        mutating func add(_ worth: Double, _ candidate: Int) {
            entries.append((worth, candidate))
            var place = entries.count - 1
            while place > 0, entries[(place - 1) / 2].worth < entries[place].worth {
                entries.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
        }

        mutating func popGreatest() -> Int? {
            guard let greatest = entries.first else { return nil }
            entries[0] = entries[entries.count - 1]
            entries.removeLast()
            var place = 0
            while 2 * place + 1 < entries.count {
                var child = 2 * place + 1
                if child + 1 < entries.count, entries[child + 1].worth > entries[child].worth { child += 1 }
                guard entries[child].worth > entries[place].worth else { break }
                entries.swapAt(place, child)
                place = child
            }
            return greatest.candidate
        }
    }
}
