import Figures
import Postgres

/// Reads one source's part of a graph, behind what is in it.
struct SourceGraphReader {
    typealias Index = LayerGraph.Index

    let reader: GraphReader
    let source: Int32

    /// Holdings as read: repository and item in one number, repository first, in order.
    private var holdings: [UInt64] = []
    /// By item key: the item's number in the graph, or ``LayerGraph/none`` when it is not in it.
    private(set) var itemNumbers: [Index] = []
    /// By repository key, likewise.
    private var repositoryNumbers: [Index] = []
    /// Children that are there, and how many are not, by item key; only items that have any.
    private var childrenOfItem: [Int32: [Int32]] = [:]
    private var missingOfItem: [Int32: Index] = [:]
    /// Items of repositories that were not seen whole: what they are about may be there, unseen.
    private var isUncertain: Set<Int32> = []

    init(reader: GraphReader, source: Int32) {
        self.reader = reader
        self.source = source
    }

    mutating func read(into graph: inout LayerGraph, _ labels: inout GraphLabels) async throws {
        try await readHoldings()
        try await readChildren()
        try await readItems(into: &graph)
        try await readRepositories(into: &graph, &labels)
        try await addHoldings(to: &graph)
        try await readSubjects(into: &graph)
        try await OwnObjectReader(reader: reader, source: source).read(itemNumbers, into: &graph)
        let number = Index(graph.sourceKeys.count - 1)
        try await reader.copy("reported", source) { rows in
            while try rows.next() {
                let (name, bytes, note) = (try rows.text(), try rows.int8(), try rows.text())
                labels.reported.append(ReportedBytes(source: number, name: name, bytes: bytes, note: note))
            }
        }
    }

    private mutating func readHoldings() async throws {
        var holdings: [UInt64] = []
        try await reader.copy("holdings", source) { rows in
            while try rows.next() {
                let (repository, item) = (try rows.int4(), try rows.int4())
                holdings.append(UInt64(UInt32(repository)) << 32 | UInt64(UInt32(item)))
            }
        }
        holdings.sort()
        self.holdings = holdings
        var last = 0
        for holding in holdings { last = max(last, Int(holding & 0xFFFF_FFFF)) }
        itemNumbers = [Index](repeating: LayerGraph.none, count: last + 1)
        // Until they are numbered, 0 marks the items that are there.
        for holding in holdings { itemNumbers[Int(holding & 0xFFFF_FFFF)] = 0 }
    }

    private mutating func readChildren() async throws {
        var missing: Set<UInt64> = []
        try await reader.copy("missing", source) { rows in
            while try rows.next() { missing.insert(UInt64(UInt32(try rows.int4())) << 32 | UInt64(try rows.int4())) }
        }
        var children: [Int32: [Int32]] = [:]
        var missingOfItem: [Int32: Index] = [:]
        try await reader.copy("children", source) { rows in
            while try rows.next() {
                let (item, position, child) = (try rows.int4(), try rows.int4(), try rows.optionalInt4())
                if missing.contains(UInt64(UInt32(item)) << 32 | UInt64(UInt32(position))) {
                    missingOfItem[item, default: 0] += 1
                } else if let child {
                    children[item, default: []].append(child)
                }
            }
        }
        (childrenOfItem, self.missingOfItem) = (children, missingOfItem)
        guard !children.isEmpty else { return }
        var queue = children.keys.filter { Int($0) < itemNumbers.count && itemNumbers[Int($0)] == 0 }
        while let item = queue.popLast() {
            for child in children[item] ?? [] {
                while itemNumbers.count <= Int(child) { itemNumbers.append(LayerGraph.none) }
                guard itemNumbers[Int(child)] != 0 else { continue }
                itemNumbers[Int(child)] = 0
                if children[child] != nil { queue.append(child) }
            }
        }
    }

    /// Numbers the items in the order of their keys, and reads their kinds.
    private mutating func readItems(into graph: inout LayerGraph) async throws {
        let base = graph.itemCount
        let number = Index(graph.sourceKeys.count - 1)
        var numbers = itemNumbers
        var next = Index(base)
        for key in numbers.indices where numbers[key] == 0 {
            numbers[key] = next
            next += 1
            graph.itemKeys.append(Int64(source) << 32 | Int64(key))
        }
        let count = Int(next) - base
        graph.itemKinds += [LayerGraph.ItemKind](repeating: .image, count: count)
        graph.itemSources += [Index](repeating: number, count: count)
        graph.itemSubjects += [Index](repeating: LayerGraph.none, count: count)
        if graph.itemIsIntermediate.count < base { graph.itemIsIntermediate = [Bool](repeating: false, count: base) }
        graph.itemIsIntermediate += [Bool](repeating: false, count: count)
        graph.missingChildren += [Index](repeating: 0, count: count)
        let kinds = LayerGraph.ItemKind.allCases
        try await reader.copy("items", source) { rows in
            while try rows.next() {
                let (key, kind) = (Int(try rows.int4()), Int(try rows.int2()))
                guard key < numbers.count, numbers[key] != LayerGraph.none else { continue }
                graph.itemKinds[Int(numbers[key])] = kinds[min(kind & 7, kinds.count - 1)]
                if kind & 8 != 0 { graph.itemIsIntermediate[Int(numbers[key])] = true }
            }
        }
        itemNumbers = numbers
        for (key, missing) in missingOfItem where Int(key) < numbers.count && numbers[Int(key)] != LayerGraph.none {
            graph.missingChildren[Int(numbers[Int(key)])] = missing
        }
        for item in base..<graph.itemCount {
            let key = Int32(truncatingIfNeeded: graph.itemKeys[item])
            if !childrenOfItem.isEmpty, let children = childrenOfItem[key] {
                graph.children += children.map { numbers[Int($0)] }
            }
            graph.childOffsets.append(Index(graph.children.count))
        }
    }

    /// Reads the repositories that hold something.
    private mutating func readRepositories(
        into graph: inout LayerGraph, _ labels: inout GraphLabels
    ) async throws {
        var isUsed = [Bool](repeating: false, count: Int((holdings.last ?? 0) >> 32) + 1)
        for holding in holdings { isUsed[Int(holding >> 32)] = true }
        var numbers = [Index](repeating: LayerGraph.none, count: isUsed.count)
        var isIncomplete = [Bool](repeating: false, count: isUsed.count)
        let number = Index(graph.sourceKeys.count - 1)
        try await reader.copy("repositories", source) { rows in
            while try rows.next() {
                let (key, isComplete) = (try rows.int4(), try rows.bool())
                guard Int(key) < isUsed.count, isUsed[Int(key)] else { continue }
                numbers[Int(key)] = Index(graph.repositoryKeys.count)
                isIncomplete[Int(key)] = !isComplete
                graph.repositoryKeys.append(key)
                graph.repositorySources.append(number)
                graph.repositoryNames.append(try rows.text())
                labels.repositoryNamespaces.append(try rows.text())
                labels.repositoryOwners.append(try rows.text())
            }
        }
        repositoryNumbers = numbers
        guard isIncomplete.contains(true) else { return }
        for holding in holdings where isIncomplete[Int(holding >> 32)] {
            isUncertain.insert(Int32(truncatingIfNeeded: holding & 0xFFFF_FFFF))
        }
    }

    private mutating func addHoldings(to graph: inout LayerGraph) async throws {
        let base = graph.holdingCount
        graph.holdingRepositories.reserveCapacity(base + holdings.count)
        graph.holdingItems.reserveCapacity(base + holdings.count)
        for holding in holdings {
            graph.holdingRepositories.append(repositoryNumbers[Int(holding >> 32)])
            graph.holdingItems.append(itemNumbers[Int(holding & 0xFFFF_FFFF)])
        }
        graph.holdingIsReferenced += [Bool](repeating: false, count: holdings.count)
        var referenced = graph.holdingIsReferenced
        let holdings = self.holdings
        try await reader.copy("references", source) { rows in
            while try rows.next() {
                let key = UInt64(UInt32(try rows.int4())) << 32 | UInt64(UInt32(try rows.int4()))
                if let place = holdings.place(of: key) { referenced[base + place] = true }
            }
        }
        graph.holdingIsReferenced = referenced
    }

    private func readSubjects(into graph: inout LayerGraph) async throws {
        let (numbers, isUncertain) = (itemNumbers, isUncertain)
        try await reader.copy("subjects", source) { rows in
            while try rows.next() {
                let (item, subject) = (try rows.int4(), try rows.optionalInt4())
                guard Int(item) < numbers.count, numbers[Int(item)] != LayerGraph.none else { continue }
                let found = subject.flatMap { Int($0) < numbers.count ? numbers[Int($0)] : nil } ?? LayerGraph.none
                // Where something was not seen, a missing subject may be there.
                let isMissing = found == LayerGraph.none && !isUncertain.contains(item)
                graph.itemSubjects[Int(numbers[Int(item)])] = isMissing ? LayerGraph.missing : found
            }
        }
    }
}

extension [UInt64] {
    /// The place of a number in a sorted array; nil when it is not there.
    func place(of number: UInt64) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == number ? low : nil
    }
}
