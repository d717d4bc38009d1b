import TestSupport
import Testing

@testable import Analysis

@Suite struct `Table of stacks` {
    @Test func `gives every key the number of its first look`() {
        var table = StackTable(bits: 2)
        var known: [UInt64: UInt32] = [:]
        var random = SeededGenerator(seed: 7)
        for next in 0..<UInt32(50_000) {
            // Few enough to meet again, with the extremes among them.
            let key = [0, UInt64.max, UInt64.random(in: 0..<20_000, using: &random) << 32][Int(next % 3)]
            let expected = known[key] ?? next
            known[key] = expected
            #expect(table.number(of: key, orInsert: next) == expected)
        }
        #expect(known.count > 10_000)
    }
}
