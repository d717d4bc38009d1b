/// Nodes by label, and which of them are active: what a push-relabel flow picks its next node from.
struct NodeLevels {
    private static let none = UInt32.max

    /// By level: its first node, and its first active one.
    private var first: [UInt32]
    private var firstActive: [UInt32]
    /// By node: its neighbours in the level, and the next active one.
    private var next: [UInt32]
    private var previous: [UInt32]
    private var nextActive: [UInt32]
    /// No node is above it; no active one is above the other.
    private var highest = 0
    private var highestActive = 0

    init(nodes: Int) {
        first = [UInt32](repeating: Self.none, count: nodes + 2)
        firstActive = first
        next = [UInt32](repeating: Self.none, count: nodes)
        previous = next
        nextActive = next
    }

    mutating func clear() {
        for level in 0...highest {
            first[level] = Self.none
            firstActive[level] = Self.none
        }
        highest = 0
        highestActive = 0
    }

    func isEmpty(at level: UInt32) -> Bool { first[Int(level)] == Self.none }

    mutating func insert(_ node: UInt32, at level: UInt32) {
        let old = first[Int(level)]
        next[Int(node)] = old
        previous[Int(node)] = Self.none
        if old != Self.none { previous[Int(old)] = node }
        first[Int(level)] = node
        highest = max(highest, Int(level))
    }

    mutating func remove(_ node: UInt32, at level: UInt32) {
        let (before, after) = (previous[Int(node)], next[Int(node)])
        if before == Self.none { first[Int(level)] = after } else { next[Int(before)] = after }
        if after != Self.none { previous[Int(after)] = before }
    }

    mutating func activate(_ node: UInt32, at level: UInt32) {
        nextActive[Int(node)] = firstActive[Int(level)]
        firstActive[Int(level)] = node
        highest = max(highest, Int(level))
        highestActive = max(highestActive, Int(level))
    }

    /// An active node of the highest level that has any.
    mutating func popActive() -> UInt32? {
        while highestActive > 0, firstActive[highestActive] == Self.none { highestActive -= 1 }
        let node = firstActive[highestActive]
        guard node != Self.none else { return nil }
        firstActive[highestActive] = nextActive[Int(node)]
        return node
    }

    /// Takes out any node above a level; active ones there are active no more.
    mutating func popAbove(_ level: UInt32) -> UInt32? {
        while highest > Int(level) {
            firstActive[highest] = Self.none
            let node = first[highest]
            if node != Self.none {
                remove(node, at: UInt32(highest))
                return node
            }
            highest -= 1
        }
        return nil
    }
}
