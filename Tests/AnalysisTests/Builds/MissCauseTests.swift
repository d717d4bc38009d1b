import Analysis
import BuildModel
import Figures
import ImageModel
import Testing

@Suite("Causes of misses, worked examples")
struct MissCauseTests {
    /// `+` before a text is a hit, `-` a miss, `.` a miss without a look; a stage's name stands before a colon.
    private static func build(
        _ lines: [String], builder: String? = "one", tool: BuildTool = .buildkit, result: BuildResult = .completed
    ) throws -> Build {
        let steps = lines.enumerated().map { index, line in
            let parts = line.dropFirst().split(separator: ":", maxSplits: 1).map(String.init)
            let text = parts[1].trimmingPrefix(" ")
            let keyword = String(text.prefix { $0 != " " })
            return BuildStep(
                number: index + 1, kind: keyword == "FROM" ? .from : .instruction, name: line, stage: parts[0],
                position: index + 1, instruction: keyword, text: String(text),
                outcome: keyword == "FROM"
                    ? .completed : line.first == "+" ? .hit : line.first == "-" ? .miss : .notProbed,
                duration: line.first == "+" ? nil : 1000)
        }
        return Build(
            reference: "ref", contentDigest: try Digest("sha256:" + String(repeating: "a", count: 64)), form: .log,
            tool: tool, builder: builder, result: result, steps: steps)
    }

    private static let base = "=b: FROM docker.io/library/busybox:1@sha256:1111"
    private static let first = [base, "-b: WORKDIR /x", "-b: COPY . .", "-b: RUN make"]

    @Test(
        arguments: [
            (
                [base, "+b: WORKDIR /x", "-b: COPY . .", "-b: RUN make"], 2, .inputsChanged,
                "files that it takes changed"
            ),
            (
                [base, "+b: WORKDIR /x", "+b: COPY . .", "-b: RUN make all"], 3, .instructionChanged,
                "became “RUN make all”"
            ),
            (
                [base, "+b: WORKDIR /x", "-b: RUN prepare", "-b: COPY . .", "-b: RUN make"], 2, .instructionChanged,
                "put before"
            ),
            (
                [base, "+b: WORKDIR /x", "-b: RUN make"], 2, .instructionChanged,
                "“COPY . .” of build ref was taken out"
            ),
            (
                ["=b: FROM docker.io/library/busybox:1@sha256:2222", "-b: WORKDIR /x", "-b: COPY . .", "-b: RUN make"],
                1,
                .baseMoved, "docker.io/library/busybox:1 was sha256:1111 in build ref, and is sha256:2222"
            ),
            (
                ["=b: FROM docker.io/library/alpine:1@sha256:2222", "-b: WORKDIR /x"], 1, .instructionChanged,
                "“FROM docker.io/library/busybox:1” of build ref became “FROM docker.io/library/alpine:1”"
            ),
            (
                [base, "-b: WORKDIR /x", "-b: COPY . .", "-b: RUN make"], 1, .notInCache,
                "pruned, or built without the cache"
            ),
            (
                [base, "+b: WORKDIR /x", "+b: COPY . .", "-b: RUN make"], 3, .notInCache,
                "environment and build arguments"
            ),
            ([base, "+b: WORKDIR /x", "-b: ADD https://e.org/x /"], 2, .instructionChanged, "ADD https"),
        ] as [([String], Int, MissCause, String)])
    func `the second build tells why it missed`(
        lines: [String], step: Int, cause: MissCause, evidence: String
    ) throws {
        let figures = buildFigures([try Self.build(Self.first), try Self.build(lines)])
        #expect(figures[0].firstMisses == [FirstMiss(step: 1, cause: .unknown, evidence: "no earlier build is known")])
        let miss = try #require(figures[1].firstMisses.first)
        #expect(miss.step == step && miss.cause == cause && miss.evidence.contains(evidence), "\(miss)")
    }

    @Test func `a new builder, and one that is not named, are told apart`() throws {
        let builds = [
            try Self.build(Self.first), try Self.build(Self.first, builder: "two"),
            try Self.build([Self.base, "-b: COPY . ."]),
            try Self.build([Self.base, "-b: COPY . ."], builder: nil),
        ]
        let misses = buildFigures(builds).map { $0.firstMisses[0] }
        #expect(misses[1].cause == .notInCache && misses[1].evidence.contains("builder two never ran it; one did last"))
        #expect(misses[2].cause == .instructionChanged)
        #expect(misses[3].cause == .unknown && misses[3].evidence.contains("no builder is named"))
    }

    @Test func `what an address gives is told by name`() throws {
        let lines = [Self.base, "-b: WORKDIR /x", "-b: ADD --chmod=1 https://e.org/x /"]
        let second = [Self.base, "+b: WORKDIR /x", "-b: ADD --chmod=1 https://e.org/x /"]
        let miss = buildFigures([try Self.build(lines), try Self.build(second)])[1].firstMisses[0]
        #expect(miss.cause == .inputsChanged && miss.evidence.contains("what https://e.org/x gives changed"))
    }

    @Test func `the step of another stage that missed is named`() throws {
        let final = "=f: FROM docker.io/library/busybox:1@sha256:1111"
        let lines = [Self.base, "-b: RUN make", final, "-f: WORKDIR /y", "-f: COPY --from=b /x /x"]
        let second = [Self.base, "-b: RUN make", final, "+f: WORKDIR /y", "-f: COPY --from=b /x /x"]
        let misses = buildFigures([try Self.build(lines), try Self.build(second)])[1].firstMisses
        #expect(misses.map(\.cause) == [.notInCache, .earlierStep])
        #expect(misses[1].evidence == "“RUN make” of stage b, on which it stands, missed")
    }

    @Test func `a base whose digest no log tells leaves the cause open`() throws {
        let lines = ["=b: FROM busybox", "-b: RUN make"]
        let misses = buildFigures([
            try Self.build(lines, tool: .classic), try Self.build(lines, tool: .classic),
        ])[1].firstMisses
        #expect(misses[0].cause == .unknown && misses[0].evidence.contains("busybox is not told"))
    }

    @Test func `a failed build does not hide that nothing changed since the one before`() throws {
        let builds = [
            try Self.build(Self.first), try Self.build([Self.base, "+b: WORKDIR /x", "-b: RUN no"], result: .failed),
            try Self.build(Self.first), try Self.build([Self.base, "+b: WORKDIR /x"]), try Self.build(Self.first),
        ]
        let figures = buildFigures(builds)
        #expect(figures[2].steps.map(\.lost) == [nil, 1000, 1000, 1000])
        #expect(figures[2].lost == 3000)
        #expect(figures[4].steps.map(\.lost) == [nil, 1000, nil, nil])
        #expect(figures[3].steps.map(\.saved) == [nil, 1000])
    }

    @Test func `a step that never ran uncached has no estimate`() throws {
        let figures = buildFigures([try Self.build([Self.base, "+b: RUN make"])])
        #expect(figures[0].saved == nil && figures[0].firstMisses.isEmpty)
    }

    @Test func `a build without a cache has no figures`() throws {
        var build = try Self.build(Self.first)
        build.usesCache = false
        for index in build.steps.indices where index > 0 { build.steps[index].outcome = .completed }
        let hit = try Self.build([Self.base, "+b: WORKDIR /x"])
        let figures = buildFigures([build, build, hit])
        #expect(figures[1] == BuildFigures(steps: Array(repeating: StepFigures(), count: 4)))
        #expect(figures[2].saved == 1000)
    }
}
