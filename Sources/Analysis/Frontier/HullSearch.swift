/// Candidates that come in together.
struct HullPiece: Sendable {
    var trade: Trade
    /// Places in the list of all pieces' members.
    var members: Range<Int>
}

/// Finds every piece of the hull: sets that come in one after the other as the price of loss falls.
///
/// What is between two corners of the hull is a graph of its own, and falls apart into components that have nothing to
/// do with each other. For each, the price of the chord from nothing to everything is tried. Either no set is better
/// there than both ends, and the component is a piece; or the least and the greatest of the best sets are corners, and
/// the three parts are looked at alone.
struct HullSearch {
    private(set) var pieces: [HullPiece] = []
    /// Candidates' numbers in the searched graph.
    private(set) var members: [UInt32] = []
    private var pending: [ClosureGraph] = []

    init(_ graph: ClosureGraph) {
        guard graph.candidateCount > 0 else { return }
        var graph = graph
        graph.names = (0..<UInt32(graph.candidateCount)).map { $0 }
        take(graph, parts: [UInt8](repeating: 0, count: graph.nodeCount))
        while let next = pending.popLast() { search(next) }
    }

    /// Puts the pieces in the order in which they come in (those of one price by their first members), and
    /// ``members`` as well.
    mutating func sortPieces() {
        let members = self.members
        pieces.sort { one, other in
            if one.trade.isCheaper(than: other.trade) { return true }
            if other.trade.isCheaper(than: one.trade) { return false }
            return members[one.members.lowerBound] < members[other.members.lowerBound]
        }
        var sorted: [UInt32] = []
        sorted.reserveCapacity(members.count)
        for place in pieces.indices {
            let first = sorted.count
            sorted.append(contentsOf: members[pieces[place].members])
            pieces[place].members = first..<sorted.count
        }
        self.members = sorted
    }

    private mutating func search(_ graph: ClosureGraph) {
        let (bytes, loss) = (graph.totalBytes, graph.totalLoss)
        guard loss > 0 else { return add(graph, bytes, loss) }
        let parts = Self.parts(of: graph, bytes: bytes, loss: loss)
        if let parts { take(graph, parts: parts) } else { add(graph, bytes, loss) }
    }

    /// How the graph falls apart at about the price of its chord; nil when it does not.
    private static func parts(of graph: ClosureGraph, bytes: Int64, loss: Int64) -> [UInt8]? {
        let divisor = greatestCommonDivisor(bytes, loss)
        let (cost, gain) = (bytes / divisor, loss / divisor)
        let fits = gain.multipliedReportingOverflow(by: bytes)
        if !fits.overflow, fits.partialValue < 1 << 62 {
            return parts(MaximumClosure<Int64>(graph, gain: gain, cost: cost))
        }
        // A whole price near that of the chord divides as well, and its flow fits into half the width.
        if bytes / loss >= 1 << 10,
            let parts = parts(MaximumClosure<Int64>(graph, gain: 1, cost: bytes / loss))
        {
            return parts
        }
        return parts(MaximumClosure<Int128>(graph, gain: Int128(gain), cost: Int128(cost)))
    }

    private static func parts<Amount>(_ closure: MaximumClosure<Amount>) -> [UInt8]? {
        var parts = closure.parts()
        if closure.graph.losses.contains(0) { leaveOutIdle(closure.graph, &parts) }
        return parts.allSatisfy { $0 == parts[0] } ? nil : parts
    }

    /// What costs nothing and is needed for nothing that is freed waits until it is.
    private static func leaveOutIdle(_ graph: ClosureGraph, _ parts: inout [UInt8]) {
        var isNeeded = parts.indices.map { parts[$0] == 1 && graph.bytes[$0] > 0 }
        var waiting = isNeeded.indices.filter { isNeeded[$0] }
        while let node = waiting.popLast() {
            for edge in graph.edges(of: node) {
                let need = Int(graph.needs[edge])
                guard parts[need] == 1, !isNeeded[need] else { continue }
                isNeeded[need] = true
                waiting.append(need)
            }
        }
        for node in parts.indices where parts[node] == 1 && !isNeeded[node] { parts[node] = 2 }
    }

    private mutating func add(_ graph: ClosureGraph, _ bytes: Int64, _ loss: Int64) {
        let first = members.count
        members.append(contentsOf: graph.names)
        pieces.append(HullPiece(trade: Trade(bytes: bytes, loss: loss), members: first..<members.count))
    }

    /// Takes a graph apart: components of part 1 and single candidates are pieces, all others wait.
    private mutating func take(_ graph: ClosureGraph, parts: [UInt8]) {
        let components = ClosureComponents(graph, parts: parts)
        for component in 0..<components.count {
            let candidates = components.candidates(of: component)
            let part = parts[Int(candidates[candidates.startIndex])]
            if candidates.count > 1, part != 1 {
                pending.append(components.graph(of: component))
                continue
            }
            let first = members.count
            var loss: Int64 = 0
            for candidate in candidates {
                members.append(graph.names[Int(candidate)])
                loss += graph.losses[Int(candidate)]
            }
            let trade = Trade(bytes: components.bytes(of: component), loss: loss)
            pieces.append(HullPiece(trade: trade, members: first..<members.count))
        }
    }
}

/// The greatest number that divides both; the other one if one of them is 0.
func greatestCommonDivisor(_ first: Int64, _ second: Int64) -> Int64 {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
}
