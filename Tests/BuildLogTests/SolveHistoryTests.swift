import BuildLog
import BuildModel
import ImageModel
import Testing

private typealias S = SolveSample

/// How BuildKit's own progress becomes a build.
@Suite struct SolveHistoryTests {
    private func build(_ vertices: [SolveVertex], ending: SolveEnding? = nil) throws -> Build {
        let builds = try S.history(vertices).builds(form: .rawjson, content: S.digest("content"), ending: ending)
        #expect(builds.count == 1)
        return try #require(builds.first)
    }

    private static let base = [
        S.vertex("from", "[1/3] FROM busybox"), S.vertex("a", "[2/3] RUN a", on: ["from"]),
        S.vertex("b", "[3/3] RUN b", on: ["a"]),
        S.vertex("from", "[1/3] FROM busybox", 10, 20),
    ]

    @Test func `a vertex that is sent many times is one step, and overlapping times count once`() throws {
        let build = try build(
            Self.base + [
                S.vertex("a", "[2/3] RUN a", on: ["from"], 20, 50), S.vertex("a", "[2/3] RUN a", on: ["from"], 40, 70),
                S.vertex("a", "[2/3] RUN a", on: ["from"], 90), S.vertex("a", "[2/3] RUN a", on: ["from"], 90, 95),
                S.vertex("b", "[3/3] RUN b", on: ["a"], 95, 99),
            ])
        #expect(build.steps.map(\.outcome) == [.completed, .miss, .miss])
        #expect(build.steps.map(\.duration) == [10, 55, 4])
        #expect(build.steps.map(\.startOffset) == [0, 10, 85])
        #expect(build.steps.map(\.inputs) == [[], [1], [2]])
        #expect(build.steps.map(\.number) == [1, 2, 3])
        #expect(build.steps[1].vertex == S.digest("a"))
        #expect(build.duration == 89 && build.result == .completed)
        #expect(build.vertices == 3 && build.cachedVertices == 0)
    }

    @Test func `a source whose key was asked for and that came from the cache is a hit`() throws {
        let build = try build([
            S.vertex("from", "[1/1] FROM busybox", 10, 20),
            S.vertex("from", "[1/1] FROM busybox", 30, 31, cached: true),
        ])
        #expect(build.steps.map(\.outcome) == [.hit])
        #expect(build.cachedVertices == 1)
    }

    @Test func `a run after a failed load is a miss, whatever was marked`() throws {
        let build = try build(
            Self.base + [
                S.vertex("a", "[2/3] RUN a", on: ["from"], 20, 25, cached: true, error: "blob is gone"),
                S.vertex("a", "[2/3] RUN a", on: ["from"], 30, 50),
                S.vertex("b", "[3/3] RUN b", on: ["a"], 50, 60),
            ])
        #expect(build.steps.map(\.outcome) == [.completed, .miss, .miss])
        #expect(build.steps[1].error == nil && build.result == .completed)
        #expect(build.cachedVertices == 1)
    }

    @Test func `an ancestor that was marked because of a failed load above it, and then ran, is a miss`() throws {
        let build = try build(
            Self.base + [
                S.vertex("a", "[2/3] RUN a", on: ["from"], 20, 20, cached: true),
                S.vertex("b", "[3/3] RUN b", on: ["a"], 20, 25, cached: true, error: "blob is gone"),
                S.vertex("a", "[2/3] RUN a", on: ["from"], 30, 50), S.vertex("b", "[3/3] RUN b", on: ["a"], 50, 60),
            ])
        #expect(build.steps.map(\.outcome) == [.completed, .miss, .miss])
        #expect(build.cachedVertices == 2)
    }

    @Test(arguments: [
        (nil as String?, false, StepOutcome.hit, StepOutcome.miss, BuildResult.completed),
        (nil, true, .hit, .hit, .completed),
        ("exit code: 1", false, .skipped, .failed, .failed),
        ("failed to do request: context canceled", false, .skipped, .canceled, .canceled),
    ])
    func `what is marked only because of what stands on it is a hit if that was done`(
        error: String?, cached: Bool, ancestor: StepOutcome, child: StepOutcome, result: BuildResult
    ) throws {
        let build = try build(
            Self.base + [
                S.vertex("a", "[2/3] RUN a", on: ["from"], 20, 20, cached: true),
                S.vertex("b", "[3/3] RUN b", on: ["a"], 20, 40, cached: cached, error: error),
            ])
        #expect(build.steps.map(\.outcome) == [.completed, ancestor, child])
        #expect(build.result == result && build.error == error && build.steps[2].error == error)
        #expect(build.cachedVertices == (cached ? 2 : 1))
    }

    @Test func `what was never started is skipped, and what never ended was stopped`() throws {
        let build = try build(Self.base + [S.vertex("a", "[2/3] RUN a", on: ["from"], 20)])
        #expect(build.steps.map(\.outcome) == [.completed, .canceled, .skipped])
        #expect(build.steps.map(\.duration) == [10, nil, nil])
        #expect(build.result == .unknown && build.duration == nil)
    }

    @Test func `a stream that ends before its last vertex does not say how the build ended`() throws {
        #expect(try build(Self.base).result == .unknown)
        #expect(try build([S.vertex("i", "[internal] load build definition from Dockerfile", 1, 2)]).result == .unknown)
        let exported = try build(Self.base + [S.vertex("e", "exporting to image", 40, 50)])
        #expect(exported.result == .completed)
    }

    @Test func `a cache that is not there fails no build`() throws {
        let build = try build([
            S.vertex("i", "importing cache manifest from r/x", 1, 2, error: "not found"),
            S.vertex("a", "[1/1] RUN a", 3, 4),
        ])
        #expect(build.result == .completed && build.steps[0].outcome == .failed)
    }

    @Test func `what a record says of start, end and result goes before what the progress tells`() throws {
        let ending = SolveEnding(started: S.base, completed: S.base + 500, result: .failed, error: "lint")
        let build = try build(
            Self.base + [
                S.vertex("a", "[2/3] RUN a", on: ["from"], 20, 50), S.vertex("b", "[3/3] RUN b", on: ["a"], 60, 61),
            ], ending: ending)
        #expect(build.result == .failed && build.error == "lint" && build.duration == 500)
        #expect(build.steps.map(\.startOffset) == [10, 20, 60])
    }

    @Test(arguments: [
        (true, false, StepOutcome.miss), (false, true, .miss), (true, true, .hit), (false, false, .miss),
    ])
    func `a group is one step, from the cache only if all of it is`(
        copyCached: Bool, mergeCached: Bool, outcome: StepOutcome
    ) throws {
        let weak = SolveGroup(id: "g", name: "[2/2] COPY --link a b", weak: true)
        let strong = SolveGroup(id: "g", name: "[2/2] COPY --link a b")
        let build = try build([
            S.vertex("from", "[1/2] FROM busybox", 0, 5),
            S.vertex("copy", "[2/2] COPY --link a b", on: ["context"], group: weak),
            S.vertex("merge", "[2/2] LINK COPY --link a b", on: ["from", "copy"], group: strong),
            S.vertex("copy", "[2/2] COPY --link a b", on: ["context"], 10, 20, cached: copyCached, group: weak),
            S.vertex("merge", "x", on: ["from", "copy"], 18, 30, cached: mergeCached, group: strong),
        ])
        #expect(build.steps.count == 2 && build.vertices == 3)
        #expect(build.cachedVertices == [copyCached, mergeCached].count { $0 })
        let step = build.steps[1]
        #expect(step.outcome == outcome && step.duration == 20 && step.inputs == [1])
        #expect(step.name == "[2/2] COPY --link a b" && step.instruction == "COPY")
        #expect(step.vertex == S.digest("merge"))
    }

    @Test(arguments: [(true, 1), (false, 2)])
    func `a group of which only a weak vertex began is shown if that ran`(cached: Bool, steps: Int) throws {
        let build = try build([
            S.vertex("from", "[1/2] FROM busybox", 0, 5),
            S.vertex("merge", "[2/2] LINK", on: ["copy"], group: SolveGroup(id: "g", name: "[2/2] COPY a b")),
            S.vertex(
                "copy", "[2/2] COPY", 10, 20, cached: cached,
                group: SolveGroup(id: "g", name: "[2/2] COPY a b", weak: true)),
        ])
        #expect(build.steps.count == steps)
        #expect(build.vertices == 3)
    }

    @Test func `targets of one stream are builds of their own, and what they share belongs to each`() throws {
        var history = try S.history([
            S.vertex("d1", "[web internal] load build definition from web.Dockerfile", 1, 2),
            S.vertex("d2", "[api internal] load build definition from api.Dockerfile", 1, 2),
            S.vertex("from", "[web 1/2] FROM busybox", 2, 10), S.vertex("from", "[api 1/3] FROM busybox", 2, 10),
            S.vertex("w", "[web 2/2] RUN w", on: ["from"], 10, 20),
            S.vertex("a", "[api 2/3] RUN a", on: ["from"], 10, 15),
            S.vertex("s", "[api 3/3] RUN s", on: ["a"], 15, 35, error: "exit code: 1"),
            S.vertex("e", "[web] exporting to image", 20, 30),
        ])
        let digest = S.digest("image")
        try history.add(
            SolveStatus(tasks: [
                SolveTask(id: "exporting manifest \(digest)", vertex: S.digest("e")),
                SolveTask(id: "naming to docker.io/library/web:1", vertex: S.digest("e")),
            ]))
        let builds = history.builds(form: .rawjson, content: S.digest("content"))
        #expect(builds.map(\.target) == ["web", "api"])
        #expect(builds.map(\.dockerfile) == ["web.Dockerfile", "api.Dockerfile"])
        #expect(builds.map(\.result) == [.completed, .failed])
        #expect(builds.map(\.vertices) == [4, 4])
        #expect(builds[0].steps.map(\.name).contains("[web 1/2] FROM busybox"))
        #expect(builds[1].steps.map(\.name).contains("[api 1/3] FROM busybox"))
        #expect(builds[0].imageDigest == digest && builds[0].imageNames == ["docker.io/library/web:1"])
        #expect(builds[1].imageDigest == nil)
        #expect(Set(builds.map(\.contentDigest)).count == 2)
        #expect(builds.map(\.duration) == [29, 34])
    }

    @Test func `more vertices than are kept are refused by name`() throws {
        var limits = SolveHistory.Limits()
        limits.vertices = 2
        var history = SolveHistory(limits: limits)
        #expect(throws: SolveError.self) {
            try history.add(SolveStatus(vertices: ["a", "b", "c"].map { S.vertex($0, $0) }))
        }
        #expect(history.vertexCount == 2)
    }
}
