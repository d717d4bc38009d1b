/// The components of a graph that was divided into parts: what needs something of an earlier part has it already.
///
/// A bundle that needs only one candidate any more becomes that candidate's own gain.
struct ClosureComponents {
    private let graph: ClosureGraph
    private let parts: [UInt8]
    /// By candidate: its own bytes and those of bundles that are its alone now.
    private var ownBytes: [Int64]
    /// By candidate: its place within its component.
    private var places: [UInt32]
    private var candidateList: Lists
    private var bundleList: Lists

    /// How many there are; every one has a candidate.
    var count: Int { candidateList.count }

    init(_ graph: ClosureGraph, parts: [UInt8]) {
        self.graph = graph
        self.parts = parts
        ownBytes = Array(graph.bytes[..<graph.candidateCount])
        var sets = DisjointSets(graph.candidateCount)
        for candidate in 0..<graph.candidateCount {
            for edge in graph.edges(of: candidate) where parts[Int(graph.needs[edge])] == parts[candidate] {
                sets.join(UInt32(candidate), graph.needs[edge])
            }
        }
        /// By bundle: a candidate of its component, or none when it is a candidate's alone.
        var ends = [UInt32](repeating: .max, count: graph.nodeCount - graph.candidateCount)
        for bundle in graph.candidateCount..<graph.nodeCount {
            var (first, count) = (UInt32.max, 0)
            for edge in graph.edges(of: bundle) where parts[Int(graph.needs[edge])] == parts[bundle] {
                if count == 0 { first = graph.needs[edge] } else { sets.join(first, graph.needs[edge]) }
                count += 1
            }
            if count > 1 { ends[bundle - graph.candidateCount] = first }
            if count == 1 { ownBytes[Int(first)] += graph.bytes[bundle] }
        }
        var numbers = [UInt32](repeating: .max, count: graph.candidateCount)
        var count = 0
        places = (0..<UInt32(graph.candidateCount)).map { candidate in
            let root = Int(sets.root(candidate))
            if numbers[root] == .max {
                numbers[root] = UInt32(count)
                count += 1
            }
            return numbers[root]
        }
        candidateList = Lists(count: count, components: places)
        let components = places
        bundleList = Lists(count: count, components: ends.map { $0 == .max ? .max : components[Int($0)] })
        for component in 0..<count {
            for (place, candidate) in candidateList[component].enumerated() {
                places[Int(candidate)] = UInt32(place)
            }
        }
    }

    /// The candidates of a component, ascending, by their numbers in the divided graph.
    func candidates(of component: Int) -> ArraySlice<UInt32> { candidateList[component] }

    func bytes(of component: Int) -> Int64 {
        candidateList[component].reduce(0) { $0 + ownBytes[Int($1)] }
            + bundleList[component].reduce(0) { $0 + graph.bytes[graph.candidateCount + Int($1)] }
    }

    func graph(of component: Int) -> ClosureGraph {
        var result = ClosureGraph()
        for candidate in candidateList[component].lazy.map({ Int($0) }) {
            result.names.append(graph.names[candidate])
            result.losses.append(graph.losses[candidate])
            add(candidate, ownBytes[candidate], to: &result)
        }
        for bundle in bundleList[component] {
            let node = graph.candidateCount + Int(bundle)
            add(node, graph.bytes[node], to: &result)
        }
        return result
    }

    private func add(_ node: Int, _ bytes: Int64, to result: inout ClosureGraph) {
        result.bytes.append(bytes)
        for edge in graph.edges(of: node) where parts[Int(graph.needs[edge])] == parts[node] {
            result.needs.append(places[Int(graph.needs[edge])])
        }
        result.offsets.append(UInt32(result.needs.count))
    }

    /// Things by component, in order.
    private struct Lists {
        private var offsets: [UInt32]
        private var things: [UInt32]

        var count: Int { offsets.count - 1 }

        subscript(component: Int) -> ArraySlice<UInt32> {
            things[Int(offsets[component])..<Int(offsets[component + 1])]
        }

        /// - Parameter components: by thing; `UInt32.max` for those in none.
        init(count: Int, components: [UInt32]) {
            var ends = [UInt32](repeating: 0, count: count + 2)
            for component in components where component != .max { ends[Int(component) + 2] += 1 }
            for component in 0..<count { ends[component + 2] += ends[component + 1] }
            things = [UInt32](repeating: 0, count: Int(ends[count + 1]))
            for thing in components.indices where components[thing] != .max {
                let component = Int(components[thing]) + 1
                things[Int(ends[component])] = UInt32(thing)
                ends[component] += 1
            }
            ends.removeLast()
            offsets = ends
        }
    }
}

/// Sets of numbers that can be joined (union by size, path halving).
private struct DisjointSets {
    private var parents: [UInt32]
    private var sizes: [UInt32]

    init(_ count: Int) {
        parents = (0..<UInt32(count)).map { $0 }
        sizes = [UInt32](repeating: 1, count: count)
    }

    mutating func root(_ number: UInt32) -> UInt32 {
        var number = number
        while parents[Int(number)] != number {
            parents[Int(number)] = parents[Int(parents[Int(number)])]
            number = parents[Int(number)]
        }
        return number
    }

    mutating func join(_ first: UInt32, _ second: UInt32) {
        let (one, other) = (root(first), root(second))
        guard one != other else { return }
        let (large, small) = sizes[Int(one)] >= sizes[Int(other)] ? (one, other) : (other, one)
        parents[Int(small)] = large
        sizes[Int(large)] += sizes[Int(small)]
    }
}
