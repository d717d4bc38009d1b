import Figures
import TestSupport
import Testing

@testable import Analysis

@Suite struct `Fair shares` {
    @Test(arguments: [2, 3, 5, 7, 64, 65, 97, 5000])
    func `sum to what is stored, however many share`(holders: Int) {
        var builder = GraphBuilder()
        _ = builder.source()
        let layers = (0..<5).map { builder.object(1000 + Int64($0)) }
        for number in 0..<holders {
            builder.hold(builder.item(.image, layers), in: builder.repository("r\(number)"))
        }
        let graph = builder.graph
        let keys = (0..<holders).map { String(100_000 + $0) }
        let (figures, groups) = computeFigures(
            graph, groupings: [Grouping(name: "repository", keys: keys, groupOfHolding: graph.holdingRepositories)])
        let shares = groups[0].map(\.fairShareBytes)
        #expect(shares.reduce(0, +) == 5010)
        #expect(figures.holdingFairShare.reduce(0, +) == 5010)
        // Equal parts: those with the lower keys get the odd bytes.
        let (whole, odd) = 5010.quotientAndRemainder(dividingBy: holders)
        #expect(shares == (0..<holders).map { Int64(whole + ($0 < odd ? 1 : 0)) })
    }

    @Test func `parts that make whole bytes together are whole`() {
        var builder = GraphBuilder()
        _ = builder.source()
        // ½ + ⅓ + ⅙ = 1: group a has exactly one byte and takes no odd one.
        let half = builder.object(1)
        let third = builder.object(1)
        let sixth = builder.object(1)
        var groups: [LayerGraph.Index] = []
        func hold(_ objects: [LayerGraph.Index], _ group: LayerGraph.Index) {
            builder.hold(builder.item(.image, objects), in: builder.repository("\(group)"))
            groups.append(group)
        }
        hold([half, third, sixth], 0)
        hold([half, third, sixth], 1)
        hold([third, sixth], 2)
        for group in 3..<6 { hold([sixth], LayerGraph.Index(group)) }
        let figures = Footprint(builder.graph).figures(
            by: Grouping(name: "test", keys: ["a", "b", "c", "d", "e", "f"], groupOfHolding: groups))
        #expect(figures.map(\.fairShareBytes) == [1, 1, 1, 0, 0, 0])
    }

    @Test func `the unit divides by every number to 64`() {
        for number in UInt128(1)...64 { #expect(ShareScale.unit % number == 0) }
        #expect(ShareScale.unit < 1 << 90)
    }

    @Test(arguments: 0..<30)
    func `the largest remainders are found as sorting finds them`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...6000, using: &random)
        let kinds = [UInt128(1), 3, 200, ShareScale.unit][Int(seed % 4)]
        let fractions = (0..<count).map { _ in
            UInt128.random(in: 0..<kinds, using: &random) * (ShareScale.unit / kinds)
        }
        for wanted in [0, 1, count / 3, count - 1, count, count + 1] {
            let order = fractions.indices.sorted {
                fractions[$0] != fractions[$1] ? fractions[$0] > fractions[$1] : $0 < $1
            }
            #expect(
                LargestRemainder.positions(ofLargest: wanted, in: fractions).sorted()
                    == order.prefix(wanted).sorted(), "seed \(seed), \(wanted) of \(count)")
            let reversed = fractions.indices.sorted {
                fractions[$0] != fractions[$1] ? fractions[$0] > fractions[$1] : $0 > $1
            }
            #expect(
                LargestRemainder.positions(ofLargest: wanted, in: fractions, precedes: >).sorted()
                    == reversed.prefix(wanted).sorted(), "seed \(seed), \(wanted) of \(count), from the end")
        }
    }
}
