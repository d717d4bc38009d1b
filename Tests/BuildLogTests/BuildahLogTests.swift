import BuildLog
import BuildModel
import Foundation
import ImageModel
import Testing

/// Logs of podman and buildah.
@Suite struct BuildahLogTests {
    private func one(_ log: String) throws -> Build {
        let found = builds(log, by: BuildahReader())
        try #require(found.count == 1)
        return found[0].build
    }

    @Test(arguments: [
        // The first build: each stage looks up its first instruction.
        (BuildahLogs.first, "cmnnnnncmnnnn", true, BuildResult.completed),
        (BuildahLogs.fileChanged, "chhhhhhchhmnn", true, .completed),
        (BuildahLogs.withoutLayers, "ccccccccccccc", false, .completed),
        (BuildahLogs.buildahDefault, "cccccc", false, .completed),
        (BuildahLogs.buildahLayers, "cmnnnn", true, .completed),
        (BuildahLogs.withoutName, "chhhhh", true, .completed),
        (BuildahLogs.single, "cm", true, .completed),
        (BuildahLogs.singleWithoutLayers, "cc", false, .completed),
        (BuildahLogs.singleHit, "ch", true, .completed),
        (BuildahLogs.failed, "cmf", true, .failed),
        (BuildahLogs.failedWithoutLayers, "ccf", false, .failed),
        (BuildahLogs.missingBase, "f", true, .failed),
        (BuildahLogs.onlyBase, "c", true, .completed),
        // The same stages, one after the other, and a missing one.
        (
            "STEP 1: FROM a\nSTEP 2: RUN x\n--> 65afc2c07a8\nSTEP 3: RUN y\nCOMMIT z\n--> 65afc2c07a9", "cmn", true,
            .completed
        ),
        ("STEP 1/3: FROM a\nSTEP 2/3: RUN x\n--> 65afc2c07a8\nSTEP 3/3: RUN y", "cmx", true, .unknown),
    ])
    func `what each step came to`(log: String, letters: String, usesCache: Bool, result: BuildResult) throws {
        let build = try one(log)
        #expect(build.letters == letters)
        #expect(build.usesCache == usesCache && build.result == result && build.tool == .buildah)
        #expect(build.gaps.isEmpty)
        if !usesCache { #expect(build.hits + build.misses == 0) }
    }

    @Test func `names, stages and images`() throws {
        let build = try one(BuildahLogs.fileChanged)
        #expect(build.imageNames == ["localhost/app:1"])
        #expect(build.imageDigest?.hex == "a0e13f4ad7eb38867b397b3ac1e15e23c3a23e72bae8e402d3085e13d74cc043")
        #expect(build.vertices == 13 && build.cachedVertices == 8 && build.hits == 8 && build.misses == 3)
        #expect(build.steps.map(\.stage) == Array(repeating: "build", count: 7) + Array(repeating: "stage-1", count: 6))
        let miss = try #require(build.steps.first { $0.outcome == .miss })
        #expect(miss.text == "COPY f2 /f2" && miss.position == 4 && miss.positions == 6 && miss.instruction == "COPY")
        #expect(build.steps.filter { $0.kind == .from }.allSatisfy { $0.imageID == nil })
        #expect(build.steps[1].imageID == "65afc2c07a8a4af3f526525d21ce56e79e1438f8f24203a51630b99f441c2efa")
        #expect(build.steps[10...].map(\.imageID) == ["544d218509a", "f6b26969f37", "a0e13f4ad7e"])
        #expect(try one(BuildahLogs.onlyBase).steps[0].imageID == nil, "an image that was made is no base")
        let failed = try one(BuildahLogs.failed)
        #expect(failed.error == #"Error: building at STEP "RUN sh -c "exit 3"": exit status 3"#)
        #expect(failed.steps.last?.error == failed.error)
        #expect(try one(BuildahLogs.onlyBase).imageNames == ["localhost/only:latest", "localhost/base:1"])
    }

    @Test func `stages at the same time get the marks that fit them`() throws {
        let cached = try one(BuildahLogs.parallelCached)
        #expect(cached.hits == 8 && cached.misses == 0 && cached.gaps.isEmpty)
        // `RUN echo b2x` was new: it and the one after it ran, in its stage only.
        let build = try one(BuildahLogs.parallel)
        #expect(build.result == .completed)
        let missed = build.steps.filter { $0.outcome == .miss || $0.outcome == .notProbed }
        #expect(missed.map(\.text) == ["RUN echo b2x", "RUN echo b3"] && missed.map(\.outcome) == [.miss, .notProbed])
        #expect(build.hits == 6)
        #expect(build.gaps.count == 1, "the marks would have fitted other steps, too")
    }

    @Test(arguments: [(BuildahLogs.platforms, 5, 3), (BuildahLogs.parallelPlatforms, 8, 0)])
    func `several platforms are one build`(log: String, hits: Int, misses: Int) throws {
        let build = try one(log)
        #expect(build.steps.count == 12 && build.hits == hits && build.misses == misses)
        #expect(Set(build.steps.map(\.platform)) == ["linux/arm64", "linux/amd64"])
        #expect(build.result == .completed && build.gaps.isEmpty)
    }

    @Test func `several builds in one log are told apart`() throws {
        let log = [
            BuildahLogs.first, "+ podman build .", BuildahLogs.failed, BuildahLogs.singleHit, BuildahLogs.singleHit,
            BuildahLogs.platforms, BuildahLogs.fileChanged,
        ].joined(separator: "\n")
        let found = builds(log, by: BuildahReader())
        #expect(found.map(\.build.letters) == ["cmnnnnncmnnnn", "cmf", "ch", "ch", "cmnchmchhchh", "chhhhhhchhmnn"])
        try #require(found.map(\.build.steps.count) == [13, 3, 2, 2, 12, 13])
        #expect(Set(found.map(\.build.contentDigest)).count == 6)
        #expect(found[5].build == (try one(BuildahLogs.fileChanged)))
    }

    @Test func `a log cut after any line tells nothing wrong`() throws {
        for log in [BuildahLogs.fileChanged, BuildahLogs.first, BuildahLogs.withoutName] {
            let lines = log.split(separator: "\n", omittingEmptySubsequences: false)
            let whole = try one(log)
            for count in 1..<lines.count {
                let build = try one(lines[..<count].joined(separator: "\n"))
                let isOver = lines[..<count].contains { $0.contains("COMMIT") } && lines[count - 1].first != "["
                if !isOver, !log.contains("iid") { #expect(build.result != .failed) }
                for (step, other) in zip(build.steps, whole.steps) {
                    #expect(
                        step.outcome == other.outcome || step.outcome == .canceled || !build.usesCache,
                        "\(count) lines: \(step.text)")
                    #expect(step.text == other.text)
                }
                if !lines[..<count].contains(where: { $0.contains("COMMIT") || $0.contains("Successfully") }),
                    count < lines.count - 2
                {
                    #expect(build.result == .unknown, "\(count) lines")
                }
            }
        }
    }
}
