extension ClosureGraph {
    /// The problem without what cannot matter: objects with the same holders are one node, those of a single holder and
    /// those without bytes none, and candidates that free nothing are left out.
    init(_ problem: FrontierProblem) {
        let holders = ObjectHolders(problem)
        let isRelevant = Self.relevantCandidates(problem)
        var places = [UInt32](repeating: .max, count: problem.candidateCount)
        for candidate in places.indices where isRelevant[candidate] {
            places[candidate] = UInt32(names.count)
            names.append(UInt32(candidate))
            losses.append(problem.losses[candidate])
        }
        bytes = [Int64](repeating: 0, count: names.count)
        offsets = [UInt32](repeating: 0, count: names.count + 1)
        addRequirements(problem.requirements, places)
        for object in problem.objectBytes.indices where problem.objectBytes[object] > 0 {
            let list = holders.holders(of: object)
            if list.count == 1 { bytes[Int(places[Int(list[list.startIndex])])] += problem.objectBytes[object] }
        }
        for group in holders.groups(problem.objectBytes) {
            bytes.append(group.bytes)
            needs.append(contentsOf: holders.holders(of: Int(group.object)).lazy.map { places[Int($0)] })
            offsets.append(UInt32(needs.count))
        }
    }

    private mutating func addRequirements(_ requirements: [FrontierProblem.Requirement], _ places: [UInt32]) {
        let edges = requirements.lazy
            .filter { $0.candidate != $0.needed && places[Int($0.candidate)] != .max }
            .map { UInt64(places[Int($0.candidate)]) << 32 | UInt64(places[Int($0.needed)]) }
        for edge in Array(edges).sorted() {
            offsets[Int(edge >> 32) + 1] += 1
            needs.append(UInt32(truncatingIfNeeded: edge))
        }
        for candidate in names.indices { offsets[candidate + 1] += offsets[candidate] }
    }

    /// By candidate: whether it holds bytes, or something that does needs it.
    private static func relevantCandidates(_ problem: FrontierProblem) -> [Bool] {
        var isRelevant = (0..<problem.candidateCount).map { candidate in
            problem.objects(of: candidate).contains { problem.objectBytes[Int($0)] > 0 }
        }
        guard !problem.requirements.isEmpty else { return isRelevant }
        let sorted = problem.requirements.sorted { $0.candidate < $1.candidate }
        var firsts = [Int](repeating: 0, count: problem.candidateCount + 1)
        for requirement in sorted { firsts[Int(requirement.candidate) + 1] += 1 }
        for candidate in 0..<problem.candidateCount { firsts[candidate + 1] += firsts[candidate] }
        var waiting = isRelevant.indices.filter { isRelevant[$0] }
        while let candidate = waiting.popLast() {
            for requirement in sorted[firsts[candidate]..<firsts[candidate + 1]]
            where !isRelevant[Int(requirement.needed)] {
                isRelevant[Int(requirement.needed)] = true
                waiting.append(Int(requirement.needed))
            }
        }
        return isRelevant
    }
}

/// Who holds each object, and which objects have the same holders.
private struct ObjectHolders {
    struct Group {
        /// One of its objects.
        var object: UInt32
        var bytes: Int64
    }

    private var offsets: [UInt32]
    private var counts: [UInt32]
    private var lists: [UInt32]

    init(_ problem: FrontierProblem) {
        let objects = problem.objectBytes.count
        offsets = [UInt32](repeating: 0, count: objects + 1)
        for object in problem.held { offsets[Int(object) + 1] += 1 }
        for object in 0..<objects { offsets[object + 1] += offsets[object] }
        counts = [UInt32](repeating: 0, count: objects)
        lists = [UInt32](repeating: 0, count: problem.held.count)
        for candidate in 0..<problem.candidateCount {
            for object in problem.objects(of: candidate).lazy.map({ Int($0) }) {
                let end = Int(offsets[object] + counts[object])
                // Candidates come in order: one that lists the object twice comes twice in a row.
                guard counts[object] == 0 || lists[end - 1] != UInt32(candidate) else { continue }
                lists[end] = UInt32(candidate)
                counts[object] += 1
            }
        }
    }

    /// Ascending, each once.
    func holders(of object: Int) -> ArraySlice<UInt32> {
        lists[Int(offsets[object])..<Int(offsets[object] + counts[object])]
    }

    /// Objects with bytes and two holders at least, those with the same holders together.
    func groups(_ bytes: [Int64]) -> [Group] {
        let objects = bytes.indices.filter { bytes[$0] > 0 && counts[$0] > 1 }
        var keyed = objects.map { (hash: hash(holders(of: $0)), object: UInt32($0)) }
        keyed.sort { $0 < $1 }
        var groups: [Group] = []
        var first = 0
        for place in keyed.indices {
            if place > 0, keyed[place].hash != keyed[place - 1].hash { first = groups.count }
            let object = Int(keyed[place].object)
            // Equal hashes prove nothing: the lists decide.
            let same = groups[first...].firstIndex { holders(of: Int($0.object)) == holders(of: object) }
            if let same {
                groups[same].bytes += bytes[object]
            } else {
                groups.append(Group(object: UInt32(object), bytes: bytes[object]))
            }
        }
        return groups
    }

    private func hash(_ list: ArraySlice<UInt32>) -> UInt64 {
        var value = UInt64(list.count)
        for number in list {
            value = (value ^ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15
            value ^= value >> 29
        }
        return value
    }
}
