import Analysis
import Figures
import Testing

@Suite struct `The frontier of a worked example` {
    /// Four images. `a` and `b` share a base of 100; `c` and `d` share one of 60 in two layers, 40 and 20; own layers have
    /// 10, 20, 50 and 5.
    ///
    /// `c` alone: 50 for 1. `c` and `d`: 50 + 5 + 60 = 115 for 2, 57.5 each: more than `c` alone for its loss. `a` and
    /// `b`: 10 + 20 + 100 = 130 for 2, 65 each. So `a` and `b` come first, then `c` and `d`.
    static let images = try? FrontierProblem(
        losses: [1, 1, 1, 1], objectBytes: [100, 10, 20, 40, 20, 50, 5, 0],
        held: [[0, 1, 7], [0, 2, 7], [3, 4, 5], [3, 4, 6]])

    static func corners(_ pairs: [(Int64, Int64)]) -> [Frontier.Corner] {
        pairs.map { Frontier.Corner(loss: $0.0, freedBytes: $0.1) }
    }

    @Test func `has the corners that are found by hand`() throws {
        let frontier = FrontierSearch(try #require(Self.images)).frontier
        #expect(frontier.corners == Self.corners([(0, 0), (2, 130), (4, 245)]))
        #expect(frontier.entersAt == [1, 1, 2, 2])
        #expect(frontier.chosen(at: 0) == [])
        #expect(frontier.chosen(at: 1) == [0, 1])
        #expect(frontier.chosen(at: 2) == [0, 1, 2, 3])
        #expect(frontier.lossUnit == 1)
        #expect(frontier.mostBytes == 245)
    }

    @Test(
        arguments: [
            // Target, chosen, loss, freed bytes.
            (-5, [], 0, 0), (0, [], 0, 0), (1, [0], 1, 10), (50, [2], 1, 50), (51, [0, 1], 2, 130),
            (130, [0, 1], 2, 130),
            (131, [0, 1, 2], 3, 180), (181, [0, 1, 2, 3], 4, 245), (245, [0, 1, 2, 3], 4, 245),
        ] as [(Int64, [LayerGraph.Index], Int64, Int64)])
    func `gives the best choice for a target`(
        target: Int64, chosen: [LayerGraph.Index], loss: Int64, freedBytes: Int64
    ) throws {
        guard case .reached(let choice) = FrontierSearch(try #require(Self.images)).target(target) else {
            Issue.record("not reached")
            return
        }
        #expect(choice.loss == loss)
        #expect(choice.isOptimal)
        // Which single image frees at least 1 is left open.
        guard target != 1 else { return }
        #expect(choice.candidates == chosen)
        #expect(choice.freedBytes == freedBytes)
    }

    @Test func `says what is the most when a target is out of reach`() throws {
        let search = FrontierSearch(try #require(Self.images))
        #expect(search.target(246) == .unreachable(mostBytes: 245))
        #expect(
            FrontierSearch(try FrontierProblem(losses: [], objectBytes: [], held: [])).target(1)
                == .unreachable(mostBytes: 0))
    }

    @Test func `bounds the loss by the chord between corners, rounded up to what losses can be`() throws {
        let frontier = FrontierSearch(try #require(Self.images)).frontier
        // 65 bytes each up to 130, then 57.5 each.
        #expect(frontier.leastLoss(freeing: 65) == 1)
        #expect(frontier.leastLoss(freeing: 66) == 2)
        #expect(frontier.leastLoss(freeing: 131) == 3)
        #expect(frontier.leastLoss(freeing: 188) == 4)
        #expect(frontier.leastLoss(freeing: 246) == nil)
        var dozens = frontier
        dozens.lossUnit = 2
        #expect(dozens.leastLoss(freeing: 1) == 2)
    }

    @Test func `takes what another image needs with it, and counts it`() throws {
        let images = try #require(Self.images)
        // Giving up a gives up d as well.
        let problem = try FrontierProblem(
            losses: images.losses, objectBytes: images.objectBytes, heldOffsets: images.heldOffsets, held: images.held,
            requirements: [.init(0, needs: 3)])
        let frontier = FrontierSearch(problem).frontier
        // c and d first, 57.5 each; then a and b, 65 each, would be steeper: all four are one step, 61.25 each.
        #expect(frontier.corners == Self.corners([(0, 0), (4, 245)]))
    }

    @Test func `begins with what is free at no loss, and leaves alone what frees nothing`() throws {
        let problem = try FrontierProblem(
            losses: [0, 0, 2, 1], objectBytes: [8, 4, 0], held: [[0], [1, 2], [1], [2]])
        let frontier = FrontierSearch(problem).frontier
        #expect(frontier.corners == Self.corners([(0, 8), (2, 12)]))
        #expect(frontier.entersAt == [0, 1, 1, Frontier.never])
        #expect(frontier.lossUnit == 2)
    }

    @Test func `thins a curve to corners that are spread evenly by bytes`() {
        let corners = Self.corners((0...1000).map { (Int64($0 * $0), Int64($0)) })
        let frontier = Frontier(corners: corners, entersAt: [], lossUnit: 1)
        #expect(frontier.thinned(to: 5).map(\.freedBytes) == [0, 250, 500, 750, 1000])
        #expect(frontier.thinned(to: 2000) == corners)
        #expect(frontier.thinned(to: 0).map(\.freedBytes) == [0, 1000])
    }

    @Test func `refuses numbers that do not fit together`() {
        #expect(throws: FrontierProblemError.offsets) {
            try FrontierProblem(losses: [1], objectBytes: [1], heldOffsets: [0], held: [])
        }
        #expect(throws: FrontierProblemError.offsets) {
            try FrontierProblem(losses: [1], objectBytes: [1], heldOffsets: [0, 2], held: [0])
        }
        #expect(throws: FrontierProblemError.unknownObject) {
            try FrontierProblem(losses: [1], objectBytes: [1], held: [[1]])
        }
        #expect(throws: FrontierProblemError.unknownCandidate) {
            try FrontierProblem(losses: [1], objectBytes: [1], held: [[0]], requirements: [.init(0, needs: 1)])
        }
        for losses in [[-1], [1 << 62], [1 << 61, 1 << 61], [.max, .max]] as [[Int64]] {
            #expect(throws: FrontierProblemError.range) {
                try FrontierProblem(losses: losses, objectBytes: [], held: losses.map { _ in [] })
            }
        }
        #expect(throws: FrontierProblemError.range) {
            try FrontierProblem(losses: [1], objectBytes: [-1], held: [[0]])
        }
    }
}
