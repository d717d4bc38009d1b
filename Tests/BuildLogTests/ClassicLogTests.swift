import BuildLog
import BuildModel
import Foundation
import ImageModel
import TestSupport
import Testing

/// Logs of the classic builder: real ones, and what its own lines mean.
@Suite struct ClassicLogTests {
    @Test func `a changed file misses, what follows is not probed, and output like steps is output`() throws {
        let found = builds(ClassicLogs.fileChanged, by: ClassicReader())
        let ids = ["590fdcf47efc", "db9f7374b435", "eb71e99b0213", "d98566da7677"]
        try #require(found.count == 1)
        let build = found[0].build
        // ARG and FROM; six hits; FROM; two hits, COPY f2, RUN, CMD.
        #expect(build.letters == "cchhhhhhchhmnn")
        #expect(build.hits == 8 && build.misses == 3 && build.instructions == 11)
        #expect(build.vertices == 14 && build.cachedVertices == 8)
        #expect(build.tool == .classic && build.result == .completed && build.usesCache)
        #expect(build.imageNames == ["app:1"] && build.error == nil && build.gaps.isEmpty)
        #expect(build.steps[0].kind == .other && build.steps[1].kind == .from && build.steps[8].kind == .from)
        #expect(build.steps[1...7].allSatisfy { $0.stage == "build" })
        #expect(build.steps[8...].allSatisfy { $0.stage == "stage-1" })
        let miss = build.steps[11]
        #expect(miss.text == "COPY f2 /f2" && miss.instruction == "COPY" && miss.position == 12 && miss.positions == 14)
        #expect(found[0].lines == 1...ClassicLogs.fileChanged.split(separator: "\n").count)
        #expect(build.steps[0].imageID == nil && build.steps.dropFirst().allSatisfy { $0.imageID?.count == 12 })
        #expect(build.steps[1].imageID == "ffbcc608b3be" && build.steps[8].imageID == "ffbcc608b3be")
        #expect([6, 11, 12, 13].map { build.steps[$0].imageID } == ids, "what RUN printed is none")
        #expect(build.duration == nil && build.steps.allSatisfy { $0.duration == nil && $0.startOffset == nil })
    }

    @Test func `a run with output like steps has the steps of its Dockerfile`() throws {
        let build = try #require(builds(ClassicLogs.outputLikeSteps, by: ClassicReader()).first).build
        #expect(build.letters == "ccmnnnnncmnnnn", "each stage looks up its first instruction")
        #expect(build.hits == 0 && build.misses == 11)
    }

    @Test func `a command that fails is no miss, and nothing comes after it`() throws {
        let build = try #require(builds(ClassicLogs.failed, by: ClassicReader()).first).build
        #expect(build.letters == "cmf" && build.result == .failed)
        #expect(build.error == #"The command '/bin/sh -c sh -c "exit 3"' returned a non-zero code: 3"#)
        #expect(build.steps[2].error == build.error)
        let copy = try #require(builds(ClassicLogs.missingFile, by: ClassicReader()).first).build
        #expect(copy.letters == "chf" && copy.result == .failed)
        #expect(copy.error?.hasPrefix("COPY failed: file not found in build context") ?? false)
    }

    @Test func `instructions that the base image left look up the cache without a header`() throws {
        let first = try #require(builds(ClassicLogs.trigger, by: ClassicReader()).first).build
        #expect(first.letters == "cmn" && first.vertices == 2 && first.result == .completed)
        let again = try #require(builds(ClassicLogs.triggerAgain, by: ClassicReader()).first).build
        #expect(again.letters == "chh" && again.vertices == 2 && again.cachedVertices == 1 && again.hits == 2)
        #expect(again.steps[1].instruction == "ONBUILD")
    }

    @Test func `several builds in one log are told apart, and repeated ones counted`() throws {
        let again = ClassicLogs.triggerAgain
        let log = ["+ make", ClassicLogs.failed, again, "ok", again, ClassicLogs.fileChanged].joined(separator: "\n")
        let found = builds(log, by: ClassicReader())
        #expect(found.map(\.build.letters) == ["cmf", "chh", "chh", "cchhhhhhchhmnn"])
        #expect(Set(found.map(\.build.contentDigest)).count == 4)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.lines.upperBound < $1.lines.lowerBound })
        // Alone, a build is the same as among others.
        let alone = try #require(builds(ClassicLogs.fileChanged, by: ClassicReader()).first).build
        #expect(alone == found[3].build)
    }

    @Test func `times of the CI system give durations from header to header`() throws {
        let log = """
            Step 1/3 : FROM base:1
             ---> ffbcc608b3be
            Step 2/3 : RUN make
             ---> Running in 91415aff0575
            Removing intermediate container 91415aff0575
             ---> 82ec8f80f839
            Step 3/3 : CMD ["x"]
             ---> Running in 91415aff0576
            Removing intermediate container 91415aff0576
             ---> 82ec8f80f83a
            Successfully built 82ec8f80f83a
            """
        let seconds = [1: 10.0, 2: 10.5, 3: 11, 4: 11, 5: 41.25, 6: 41.5, 7: 42.75, 8: 43, 9: 43, 10: 43, 11: 43.5]
        let build = try #require(builds(log, by: ClassicReader(), seconds: seconds).first).build
        #expect(build.startedAt == Date(timeIntervalSince1970: 1_700_000_010))
        #expect(build.duration == 33_500_000_000)
        #expect(build.steps.map(\.startOffset) == [0, 1_000_000_000, 32_750_000_000])
        #expect(build.steps.map(\.duration) == [1_000_000_000, 31_750_000_000, 750_000_000])
        let untimed = try #require(builds(log, by: ClassicReader()).first).build
        #expect(untimed.contentDigest == build.contentDigest, "times are none of the build's lines")
    }

    @Test func `docker-compose says the target before the build, and only there`() throws {
        let steps = "Step 1/2 : FROM base:1\n ---> ffbcc608b3be\nStep 2/2 : COPY a /\n ---> 82ec8f80f839\n"
        let end = "Successfully built 82ec8f80f839\nSuccessfully tagged x_web:latest"
        let log = "Building web\n\(steps)\(end)\nBuilding wheel\nwheel built\n\nStep\n\(steps)\(end)"
        let found = builds(log, by: ClassicReader()).map(\.build)
        #expect(found.map(\.target) == ["web", nil] && found.map(\.letters) == ["cm", "cm"])
        #expect(found[0].imageNames == ["x_web:latest"])
    }

    private static let otherForms: [(log: [String], letters: String, result: BuildResult)] = [
        // Docker before 1.13 counted without a total.
        (
            [
                "Step 1 : FROM a", " ---> ffbcc608b3be", "Step 2 : RUN x", " ---> Using cache", " ---> 82ec8f80f839",
                "Successfully built 82ec8f80f839",
            ], "ch", .completed
        ),
        (
            [
                "DEPRECATED: The legacy builder is deprecated", "Step 1/2 : FROM a", " ---> ffbcc608b3be",
                "Step 2/2 : RUN x", " ---> [Warning] Empty continuation line", " ---> Running in 82ec8f80f838",
                " ---> Removed intermediate container 82ec8f80f838", " ---> 82ec8f80f839",
                "Successfully built 82ec8f80f839",
            ], "cm", .completed
        ),
        (["Step 1/2 : FROM a", "pull access denied for a, repository does not exist"], "f", .failed),
        // pip says the same of its packages.
        (["Step 1/1 : FROM a", " ---> ffbcc608b3be", "Successfully built gast"], "c", .unknown),
        // The last step came to its end, and the builder failed after it.
        (
            [
                "Step 1/2 : FROM a", " ---> ffbcc608b3be", "Step 2/2 : LABEL a=b", " ---> Running in 8316acfedf9c",
                "Removing intermediate container 8316acfedf9c", " ---> 70d2da102f47",
                "error squashing image: error getting tar stream to parent",
            ], "cm", .failed
        ),
        // What looked like the build's failure was output.
        (
            [
                "Step 1/3 : FROM a", " ---> ffbcc608b3be", "Step 2/3 : RUN y", " ---> Running in 82ec8f80f839",
                "The command 'x' returned a non-zero code: 1", "Removing intermediate container 82ec8f80f839",
                " ---> 82ec8f80f839", "Step 3/3 : RUN x",
                " ---> Running in 82ec8f80f838", "Successfully built 82ec8f80f839",
            ], "cmn", .completed
        ),
    ]

    @Test(arguments: otherForms)
    func `other forms`(log: [String], letters: String, result: BuildResult) throws {
        let found = builds(log.joined(separator: "\n"), by: ClassicReader())
        try #require(found.count == 1)
        #expect(found[0].build.letters == letters && found[0].build.result == result)
        #expect((found[0].build.error != nil) == (result == .failed))
        #expect(found[0].build.steps.allSatisfy { ($0.error != nil) == ($0.outcome == .failed) })
    }

    @Test func `a log whose beginning is cut off says so`() throws {
        let log =
            "Step 3/4 : RUN y\n ---> Using cache\n ---> ffbcc608b3be\nStep 4/4 : RUN x\n ---> Running in 82ec8f80f839"
        let build = try #require(builds(log, by: ClassicReader()).first).build
        #expect(build.letters == "hx" && build.result == .unknown && build.steps[0].stage == nil)
        #expect(build.gaps == ["line 1: the log begins at step 3 of the build"])
    }

    @Test func `a log cut after any line tells nothing wrong`() throws {
        let lines = ClassicLogs.fileChanged.split(separator: "\n", omittingEmptySubsequences: false)
        let whole = try #require(builds(ClassicLogs.fileChanged, by: ClassicReader()).first).build
        for count in lines.indices {
            let found = builds(lines[..<count].joined(separator: "\n"), by: ClassicReader())
            guard let build = found.first?.build else {
                #expect(count < 2)
                continue
            }
            let isWhole = count >= lines.count - 1
            #expect(build.result == (isWhole ? .completed : .unknown), "\(count) lines")
            for (step, other) in zip(build.steps, whole.steps) {
                #expect(step.outcome == other.outcome || step.outcome == .canceled && step.number == build.steps.count)
                #expect(step.text == other.text)
            }
        }
    }
}

/// The real logs of one image over time.
@Suite(.enabled(if: SharedData.at("data/builds/plain") != nil, "needs the real build logs"))
struct ClassicRealLogTests {
    private struct Expected: Decodable {
        var file: String
        var classic_steps: Int
        var classic_using_cache: Int
    }

    private static let folder = SharedData.at("data/builds/plain")

    private func read(_ file: String) throws -> [FoundBuild] {
        let folder = try #require(Self.folder)
        return builds(
            String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self), by: ClassicReader())
    }

    @Test func `every log has the steps and hits that were counted in it`() throws {
        let folder = try #require(Self.folder)
        let expected = try JSONDecoder().decode(
            [Expected].self, from: Data(contentsOf: folder.appending(path: "expected.json")))
        var builds = 0
        for log in expected {
            let found = try read(log.file)
            #expect(found.count == (log.classic_steps > 0 ? 1 : 0), "\(log.file)")
            guard let build = found.first?.build else { continue }
            builds += 1
            #expect(build.vertices == log.classic_steps, "\(log.file)")
            #expect(build.cachedVertices == log.classic_using_cache && build.hits == log.classic_using_cache)
            #expect(build.gaps.isEmpty)
        }
        #expect(builds == 15)
    }

    /// Counted by eye in the logs.
    private struct ByHand: CustomTestStringConvertible {
        var file: String
        var hits = 0
        var misses: Int
        /// Whether the log ends in the middle of a step.
        var isCut = false
        var name: String?
        var firstMiss: String

        var testDescription: String { file }
    }

    private static let byHand = [
        // Hits up to `conda clean`; test.sh, test.r, test.py and CMD missed.
        ByHand(
            file: "ea6fdcca4d-build.log", hits: 17, misses: 4, name: "sc4da:v0.0.0.9000", firstMiss: "COPY test.sh ."),
        ByHand(
            file: "1e4156fff7-docker-build.log", misses: 31, name: "sc4da:2.0.0",
            firstMiss: #"LABEL base.image="miniconda3:4.8.2""#),
        // Cut off while conda downloads, in step 22 of 30.
        ByHand(
            file: "c4ec503e83-docker-build.log", misses: 20, isCut: true,
            firstMiss: #"LABEL base.image="miniconda3:4.8.2""#),
        ByHand(
            file: "87b46c91cc-build.log", misses: 20, name: "sc4da:v0.0.0.9000",
            firstMiss: #"ENV PATH="/root/miniconda3/bin:${PATH}""#),
        ByHand(
            file: "f41fcf33a3-build.log", misses: 23, name: "sc4da:v1.1.0",
            firstMiss: #"LABEL base.image="miniconda3:4.7.10""#),
    ]

    @Test(arguments: byHand)
    private func `hits, misses and results`(log: ByHand) throws {
        let build = try #require(try read("AngryMaciek-SC4DA/\(log.file)").first).build
        let misses = "m" + String(repeating: "n", count: log.misses - 1)
        #expect(build.letters == "c" + String(repeating: "h", count: log.hits) + misses + (log.isCut ? "x" : ""))
        #expect(build.hits == log.hits && build.misses == log.misses)
        #expect(build.result == (log.isCut ? .unknown : .completed))
        #expect(build.imageNames == (log.name.map { [$0] } ?? []))
        #expect(build.steps.first { $0.outcome == .miss }?.text == log.firstMiss)
    }
}
