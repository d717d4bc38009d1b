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
            // The step before it is new here, and hit: a build that nobody recorded left it in the cache.
            ([base, "+b: WORKDIR /y", "-b: COPY . ."], 2, .unknown, "no recorded build had it"),
            ([base, "-b: WORKDIR /y", "-b: COPY . ."], 1, .instructionChanged, "became “WORKDIR /y”"),
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

    @Test func `under which stage a shared FROM is printed makes no difference`() throws {
        let steps = ["-b: COPY f1 /", "-b: RUN make", "-f: COPY f2 /", "-f: COPY --from=b /x /x"]
        func build(_ from: String, _ marks: String, _ version: Int) throws -> Build {
            let lines = zip(steps, marks).map { "\($1)\($0.dropFirst())" }
            var build = try Self.build(["=\(from): FROM docker.io/library/busybox:1@sha256:\(version)"] + lines)
            for (index, position) in [1, 2, 3, 2, 3].enumerated() { build.steps[index].position = position }
            return build
        }
        for from in ["b", "f"] {
            for other in ["b", "f"] {
                let misses = buildFigures([
                    try build(from, "----", 1), try build(other, "++--", 1), try build(from, "----", 2),
                    try build(other, "-+++", 2),
                ]).map(\.firstMisses)
                #expect(misses[1].map(\.cause) == [.inputsChanged] && misses[1][0].step == 3, "\(misses)")
                #expect(misses[2].map(\.cause) == [.baseMoved, .baseMoved], "\(misses)")
                #expect(misses[2].allSatisfy { $0.evidence.contains("was sha256:1 in build ref, and is sha256:2") })
                #expect(misses[3].map(\.cause) == [.inputsChanged], "\(misses)")
            }
        }
    }

    @Test func `the ID that the classic builder prints for FROM tells whether the base moved`() throws {
        func build(_ marks: String, _ id: String?) throws -> Build {
            let lines = zip(["-b: COPY f1 /", "-b: RUN make"], marks).map { "\($1)\($0.dropFirst())" }
            var build = try Self.build(["=b: FROM busybox"] + lines, tool: .classic)
            build.steps[0].imageID = id
            return build
        }
        let misses = buildFigures([
            try build("-.", "aaaaaaaaaaaa"), try build("-.", "aaaaaaaaaaaa"), try build("-.", "bbbbbbbbbbbb"),
            try build("+-", "bbbbbbbbbbbb"), try build("-.", nil),
        ]).map { $0.firstMisses[0] }
        #expect(misses.map(\.cause) == [.unknown, .inputsChanged, .baseMoved, .notInCache, .unknown], "\(misses)")
        #expect(misses[2].evidence == "busybox was aaaaaaaaaaaa in build ref, and is bbbbbbbbbbbb")
        #expect(misses[4].evidence.contains("is not told"))
    }

    @Test func `a hit of another stage on a base shows that it did not move`() throws {
        func build(_ lines: [String], result: BuildResult = .completed) throws -> Build {
            try Self.build(lines, tool: .buildah, result: result)
        }
        let first = ["=b: FROM busybox", "-b: COPY f1 /", "=f: FROM busybox", "-f: COPY f2 /"]
        let changed = ["=b: FROM busybox", "+b: COPY f1 /", "=f: FROM busybox", "-f: COPY f2 /"]
        #expect(buildFigures([try build(first), try build(changed)])[1].firstMisses.map(\.cause) == [.inputsChanged])
        // What failed in between may have run on another base.
        let failed = try build(["=b: FROM busybox", "-b: COPY f1 /"], result: .failed)
        #expect(
            buildFigures([try build(first), failed, try build(changed)])[2].firstMisses.map(\.cause) == [.unknown])
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
