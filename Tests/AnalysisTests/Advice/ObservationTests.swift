import BuildModel
import Dockerfile
import Figures
import TestSupport
import Testing

@testable import Analysis

@Suite struct ObservationTests {
    private static let file = """
        FROM debian:12
        WORKDIR /app
        COPY . .
        RUN apt-get install -y curl
        COPY other /srv/
        RUN make

        """

    private static func recorded(
        _ outcomes: [StepOutcome], make: String = "RUN make", from: String = "FROM debian:12@sha256:aa",
        builder: String? = nil
    ) -> Build {
        let texts = ["WORKDIR /app", "COPY . .", "RUN apt-get install -y curl", "COPY other /srv/", make]
        let times = [0.0, 1, 10, 2, 20]
        return build(
            [step(from, .completed)]
                + texts.indices.map { step(texts[$0], outcomes[$0], outcomes[$0] == .hit ? 0 : times[$0]) },
            builder: builder)
    }

    private static func rates(_ builds: [Build]) throws -> [String] {
        try report(file, builds).instructions.dropFirst().map { "\($0.rate.changes)/\($0.rate.observations)" }
    }

    private static let all: [StepOutcome] = [.miss, .notProbed, .notProbed, .notProbed, .notProbed]
    private static let copied: [StepOutcome] = [.hit, .miss, .notProbed, .notProbed, .notProbed]

    @Test func `one build alone shows no change, but durations`() throws {
        let found = try report(Self.file, [Self.recorded(Self.all)])
        #expect(found.instructions.allSatisfy { $0.rate.value == nil })
        #expect(found.instructions.map(\.duration) == [nil, 0, seconds(1), seconds(10), seconds(2), seconds(20)])
        #expect(found.orders[0].missing.count == 5 && found.orders[0].expectedBefore == nil)
        #expect(!found.orders[0].isChange)
    }

    @Test func `below the first miss nothing is said of files, and text speaks for RUN`() throws {
        #expect(
            try Self.rates([Self.recorded(Self.all), Self.recorded(Self.copied), Self.recorded(Self.copied)])
                == ["0/2", "2/2", "0/2", "0/0", "0/2"])
    }

    @Test func `hits are no change, and a new text is one`() throws {
        let hits = Self.recorded([.hit, .hit, .hit, .hit, .hit])
        let made = Self.recorded([.hit, .hit, .hit, .hit, .miss], make: "RUN make all")
        #expect(
            try Self.rates([Self.recorded(Self.all), hits, made, Self.recorded(Self.copied, make: "RUN make all")])
                == ["0/3", "1/3", "0/3", "0/2", "1/3"])
    }

    @Test func `a RUN that misses with the same text is no observation`() throws {
        let evicted = Self.recorded([.hit, .hit, .miss, .notProbed, .notProbed])
        #expect(try Self.rates([Self.recorded(Self.all), evicted]) == ["0/1", "0/1", "0/0", "0/0", "0/1"])
    }

    @Test func `a moved base says nothing of files`() throws {
        let moved = Self.recorded(Self.all, from: "FROM debian:12@sha256:bb")
        #expect(try Self.rates([Self.recorded(Self.all), moved]) == ["0/1", "0/0", "0/1", "0/0", "0/1"])
        let replay = try report(Self.file, [Self.recorded(Self.all), moved]).orders[0].replay
        #expect(replay.builds.map(\.recordedCost) == [seconds(33)] && replay.saved == 0)
    }

    @Test func `another builder without any hit says nothing of files`() throws {
        let outcomes: [StepOutcome] = [.hit, .miss, .notProbed, .notProbed, .notProbed]
        let fresh = build(
            [
                step("COPY . .", .miss, 1), step("RUN apt-get install -y curl", .notProbed, 10),
            ], builder: "two")
        #expect(try Self.rates([Self.recorded(outcomes, builder: "one"), fresh])[1] == "0/0")
        let same = build(fresh.steps, builder: "one")
        #expect(try Self.rates([Self.recorded(outcomes, builder: "one"), same])[1] == "1/1")
    }

    @Test func `what failed before was not there to be found`() throws {
        var failed = Self.recorded([.hit, .miss, .failed, .skipped, .skipped])
        failed.result = .failed
        let next = Self.recorded([.hit, .hit, .miss, .notProbed, .notProbed])
        #expect(try Self.rates([failed, next]) == ["0/1", "0/1", "0/0", "0/0", "0/1"])
    }

    @Test func `the median of real runs is the duration`() throws {
        func make(_ seconds: Double) -> Build {
            build([step("COPY . .", .miss, 1), step("RUN make", .notProbed, seconds)])
        }
        let file = "FROM a:1\nCOPY . .\nRUN make\n"
        #expect(try report(file, [make(1), make(9), make(2)]).instructions[2].duration == seconds(2))
        #expect(try report(file, [make(1), make(9), make(2), make(3)]).instructions[2].duration == seconds(2.5))
        let hit = build([step("COPY . .", .hit, 0), step("RUN make", .hit, 0)])
        #expect(try report(file, [hit]).instructions[2].duration == nil)
    }

    @Test func `steps are found by stage, and where the recorded file was another`() throws {
        let file = "FROM a:1 AS one\nRUN x\nFROM b:1\nRUN x\nRUN y\nRUN z\n"
        let older = build([
            step("RUN x", .miss, 1, stage: "one"), step("RUN x", .miss, 5, stage: "stage-1"),
            step("RUN z", .notProbed, 7, stage: "stage-1"),
        ])
        let found = try report(file, [older]).instructions
        #expect(found.map(\.duration) == [nil, seconds(1), nil, seconds(5), nil, seconds(7)])
    }

    /// A builder that never forgets, beside the figures made from what it showed.
    @Test(arguments: 0..<100)
    func `replayed costs are those of a builder with the proposed order`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let places = ["/a", "/b", "/c", "/d", "/e", "/f"]
        let count = Int.random(in: 2...6, using: &random)
        let texts = (0..<count).map { "COPY f\($0) \(places[$0])/" }
        let file = "FROM a:1\n" + texts.joined(separator: "\n") + "\n"
        let rates = texts.map { _ in Double.random(in: 0...0.7, using: &random) }
        var truth: [Set<Int>] = []
        let builds = (0..<12).map { number in
            let changed = Set(
                texts.indices.filter { number == 0 || Double.random(in: 0..<1, using: &random) < rates[$0] })
            truth.append(changed)
            let first = changed.min() ?? count
            return build(
                texts.indices.map { index in
                    step(
                        texts[index], index < first ? .hit : index == first ? .miss : .notProbed,
                        index < first ? 0 : Double(index + 1))
                })
        }
        let order = try report(file, builds).orders[0]
        #expect(order.replay.builds.count == 11)
        for replayed in order.replay.builds {
            func cost(_ order: [Int]) -> Int64 {
                let first = order.firstIndex { truth[replayed.build].contains($0 - 1) } ?? order.endIndex
                return order[first...].reduce(0) { $0 + seconds(Double($1)) }
            }
            #expect(replayed.recordedCost == cost(order.current))
            if let proposed = replayed.proposedCost {
                #expect(proposed == cost(order.proposed))
            } else {
                #expect(order.isChange && replayed.unknown != nil && replayed.saved == nil)
            }
        }
    }
}
