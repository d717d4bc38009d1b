import Foundation
import TestSupport
import Testing

@testable import Commands

/// `collect build-log`, `builds`, `steps` and `build` through the built program.
@Suite(.serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct BuildLogTests {
    /// A build of two instructions, of which the first hits.
    static let log = """
        #1 [internal] load build definition from Dockerfile
        #1 transferring dockerfile: 100B done
        #1 DONE 0.1s

        #2 [1/3] FROM docker.io/library/alpine:3.19@sha256:\(String(repeating: "a", count: 64))
        #2 DONE 0.0s

        #3 [2/3] RUN apk add curl
        #3 CACHED

        #4 [3/3] RUN make
        #4 DONE 2.5s

        #5 exporting to image
        #5 exporting layers 0.1s done
        #5 DONE 0.1s

        """

    private func withTool(
        _ more: [String: String] = [:], _ body: (_ tool: Tool, _ url: String) async throws -> Void
    ) async throws {
        try await withScratchDatabase { url in
            var environment = ["LAYERSCOPE_DATABASE_URL": url, "GITHUB_ACTIONS": "", "GITLAB_CI": ""]
            environment.merge(more) { $1 }
            try await body(try Tool(environment), url)
        }
    }

    @Test func `a log is collected, listed, and collected again without another build`() async throws {
        try await withTool { tool, _ in
            try tool.folder.write(Data(Self.log.utf8), to: "build.log")
            let arguments = ["collect", "build-log", "build.log", "--project", "acme/app", "--format", "json"]
            for _ in 1...2 {
                let outcome = try await tool.run(arguments)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let row = try #require(try outcome.rows().first)
                #expect(row["project"] as? String == "acme/app")
                #expect(row["target"] is NSNull)
                #expect(row["result"] as? String == "completed")
                #expect(row["vertices"] as? Int == 5 && row["cached_vertices"] as? Int == 1)
                #expect(row["steps"] as? Int == 2 && row["hits"] as? Int == 1 && row["misses"] as? Int == 1)
                #expect(row["hit_rate"] as? Double == 0.5)
                #expect(row.keys.contains("duration_seconds"))
                #expect(try await tool.run("builds", "--format", "json").rows().count == 1)
            }
            let steps = try await tool.run("steps", "1", "--filter", "kind=instruction", "--format", "json")
            #expect(try steps.rows().map { $0["outcome"] as? String } == ["hit", "miss"])
            let totals = try #require(try steps.json()["totals"] as? [String: Any])
            #expect(totals["hits"] as? Int == 1 && totals["misses"] as? Int == 1)
            #expect(totals["hit_rate"] as? Double == 0.5)
            for table in try [
                await tool.run("builds"), await tool.run("steps"), await tool.run("builds", "--by", "project"),
            ] {
                #expect(table.status == 0 && !table.output.isEmpty, "\(table.errors)")
            }
            #expect(try await tool.run("steps", "77").status == 1)
        }
    }

    @Test func `a rate below what is asked for ends with 1, one that is not there does not`() async throws {
        try await withTool { tool, _ in
            try tool.folder.write(Data(Self.log.utf8), to: "build.log")
            let nothing = Self.log.replacing("RUN apk add curl\n#3 CACHED", with: "RUN apk add curl\n#3 CANCELED")
                .replacing("#4 DONE 2.5s", with: "#4 CANCELED")
            try tool.folder.write(Data(nothing.utf8), to: "none.log")
            for (rate, status) in [("0.5", 0), ("0.51", 1)] as [(String, Int32)] {
                #expect(try await tool.run("collect", "build-log", "build.log", "--fail-under", rate).status == status)
                #expect(try await tool.run("builds", "--fail-under", rate).status == status)
                #expect(try await tool.run("builds", "--by", "builder", "--fail-under", rate).status == status)
            }
            let none = try await tool.run("collect", "build-log", "none.log", "--fail-under", "1")
            #expect(none.status == 0 && none.errors.contains("no hit rate"), "\(none.errors)")
            #expect(try await tool.run("builds", "--fail-under", "2").status == 64)
        }
    }

    @Test func `what cannot be read is said, and what can be is collected`() async throws {
        try await withTool { tool, _ in
            try tool.folder.write(Data(Self.log.utf8), to: "build.log")
            try tool.folder.write(Data("hello\nworld\n".utf8), to: "other.log")
            let outcome = try await tool.run(
                "collect", "build-log", "other.log", "build.log", "gone.log", "--format", "json")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("other.log: no build in 2 lines"), "\(outcome.errors)")
            #expect(outcome.errors.contains("gone.log: no such file"), "\(outcome.errors)")
            #expect(try outcome.rows().count == 1)
            #expect(try await tool.run("collect", "build-log", "gone.log").status == 69)
            #expect(try await tool.run("collect", "build-log", "other.log").status == 2)
        }
    }

    @Test func `standard input takes what the CI job says, a file does not`() async throws {
        let job = [
            "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/app", "GITHUB_REF_NAME": "12/merge",
            "GITHUB_HEAD_REF": "feature", "GITHUB_SHA": "abc",
        ]
        try await withTool(job) { tool, _ in
            try tool.folder.write(Data(Self.log.utf8), to: "build.log")
            let file = try await tool.run("collect", "build-log", "build.log", "--format", "json").rows()
            #expect(file.first?["project"] is NSNull)
            let input = try await tool.run(
                ["collect", "build-log", "-", "--format", "json", "--branch", "mine"], input: Self.log
            ).rows()
            #expect(input.first?["project"] as? String == "acme/app" && input.first?["commit"] as? String == "abc")
            #expect(input.first?["branch"] as? String == "mine", "an option goes before the environment")
            // It is one build, which now has them.
            let builds = try await tool.run("builds", "--format", "json").rows()
            #expect(builds.map { $0["project"] as? String } == ["acme/app"])
        }
    }

    @Test(.enabled(if: SharedData.at("data/builds/plain/expected.json") != nil, "the real logs are not there"))
    func `the real logs have the counts that a plain search finds`() async throws {
        struct Expected: Decodable {
            var file: String
            var vertex_numbers: Int
            var cached_vertices: Int
            var classic_steps: Int
            var classic_using_cache: Int
        }
        let folder = try #require(SharedData.at("data/builds/plain"))
        let all = try JSONDecoder().decode(
            [Expected].self, from: try Data(contentsOf: folder.appending(path: "expected.json")))
        #expect(all.count == 25)
        try await withTool { tool, _ in
            let files = all.map { folder.appending(path: $0.file).path }
            let outcome = try await tool.run(["collect", "build-log", "--format", "json"] + files)
            #expect([0, 2].contains(outcome.status), "\(outcome.errors)")
            let rows = Dictionary(grouping: try outcome.rows()) { $0["file"] as? String ?? "" }
            for (expected, file) in zip(all, files) {
                let found = try #require(rows[file], "\(expected.file): \(outcome.errors)")
                let vertices = found.reduce(0) { $0 + ($1["vertices"] as? Int ?? 0) }
                let cached = found.reduce(0) { $0 + ($1["cached_vertices"] as? Int ?? 0) }
                #expect(vertices == expected.vertex_numbers + expected.classic_steps, "\(expected.file)")
                #expect(cached == expected.cached_vertices + expected.classic_using_cache, "\(expected.file)")
            }
            // What was kept is what was printed.
            let kept = try await tool.run("builds", "--format", "json")
            let printed = try #require(try outcome.json()["totals"] as? [String: Any])
            let totals = try #require(try kept.json()["totals"] as? [String: Any])
            #expect(try kept.rows().count == (try outcome.rows().count))
            for column in ["steps", "hits", "misses"] {
                #expect(totals[column] as? Int == printed[column] as? Int, "\(column)")
            }
            let again = try await tool.run(["collect", "build-log", "--format", "json"] + files)
            #expect(again.status == outcome.status)
            let withoutTimes = { (text: String) in text.components(separatedBy: "\"coverage\"")[0] }
            let later = try await tool.run("builds", "--format", "json").output
            #expect(withoutTimes(later) == withoutTimes(kept.output))
        }
    }

    @Test(
        .enabled(
            if: SharedData.at("fixtures/docker-actions-toolkit/__tests__/.fixtures/oci-archive") != nil,
            "the real records are not there"))
    func `real records are builds, each once, also when read again`() async throws {
        let folder = try #require(
            SharedData.at("fixtures/docker-actions-toolkit/__tests__/.fixtures/oci-archive"))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".dockerbuild") }.sorted().map { folder.appending(path: $0).path }
        try await withTool { tool, _ in
            var listed: [String] = []
            for _ in 1...2 {
                let outcome = try await tool.run(["collect", "build-log", "--format", "json"] + files)
                #expect([0, 2].contains(outcome.status), "\(outcome.errors)")
                let references = try outcome.rows().compactMap { $0["reference"] as? String }
                #expect(references.count == (try outcome.rows().count) && Set(references).count >= 22)
                let builds = try await tool.run("builds", "--format", "json")
                #expect(Set(try builds.rows().compactMap { $0["reference"] as? String }) == Set(references))
                #expect(try builds.rows().count == Set(references).count)
                #expect(try builds.rows().allSatisfy { $0["form"] as? String == "record" })
                listed.append(builds.output)
            }
            // The coverage tells when it was collected; the rows are the same.
            let rows = listed.map { $0.components(separatedBy: "\"coverage\"")[0] }
            #expect(rows[0] == rows[1])
        }
    }

    @Test func `a metadata file tells what the log does not`() async throws {
        try await withTool { tool, _ in
            try tool.folder.write(Data(Self.log.utf8), to: "build.log")
            let digest = "sha256:" + String(repeating: "c", count: 64)
            let metadata = """
                {"buildx.build.ref": "node/node0/abc", "containerimage.digest": "\(digest)", "image.name": "acme/app:1"}
                """
            try tool.folder.write(Data(metadata.utf8), to: "metadata.json")
            let outcome = try await tool.run(
                "collect", "build-log", "build.log", "--metadata-file", "metadata.json", "--format", "json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let row = try #require(try outcome.rows().first)
            #expect(row["reference"] as? String == "abc", "as the record calls itself")
            #expect(row["image_digest"] as? String == digest)
            let without = try await tool.run("collect", "build-log", "build.log", "--metadata-file", "gone.json")
            #expect(without.status == 2 && without.errors.contains("gone.json"), "\(without.errors)")
        }
    }

    @Test func `a build that is wrapped passes through and is recorded`() async throws {
        try await withTool { tool, _ in
            try tool.folder.write(Data(Self.log.utf8), to: "build.log")
            let odd = "\u{0}\u{1b}[31m odd\r"
            try tool.folder.write(Data(odd.utf8), to: "odd")
            let outcome = try await tool.run(
                "build", "--project", "p", "--", "sh", "-c", "cat build.log >&2; cat odd; exit 7")
            #expect(outcome.status == 7)
            #expect(outcome.output == odd)
            #expect(outcome.errors == Self.log)
            let builds = try await tool.run("builds", "--format", "json").rows()
            #expect(builds.count == 1)
            #expect(builds.first?["project"] as? String == "p")
            #expect(builds.first?["started_at"] is String && !(builds.first?["duration_seconds"] is NSNull))
            #expect(builds.first?["hits"] as? Int == 1 && builds.first?["misses"] as? Int == 1)
        }
    }

    @Test func `a build that cannot be recorded keeps its status`() async throws {
        let tool = try Tool(["LAYERSCOPE_DATABASE_URL": "host=/nowhere dbname=none connect_timeout=1"])
        try tool.folder.write(Data(Self.log.utf8), to: "build.log")
        for (script, status) in [
            ("cat build.log", 0), ("cat build.log; exit 3", 3), ("echo nothing", 0), ("kill -TERM $$", 143),
            ("kill -KILL $$", 137),
        ] as [(String, Int32)] {
            let outcome = try await tool.run("build", "--", "sh", "-c", script)
            #expect(outcome.status == status, "\(script)")
            #expect(outcome.errors.contains("warning: the build is not recorded"), "\(script): \(outcome.errors)")
        }
        #expect(try await tool.run("build", "--", "no-such-program-anywhere").status == 127)
        #expect(try await tool.run("build", "--", tool.folder("build.log").path).status == 126)
        #expect(try await tool.run("build").status == 64)
    }

    @Test func `a wrapped build has its input, and signals reach it`() async throws {
        let tool = try Tool(["LAYERSCOPE_DATABASE_URL": "host=/nowhere dbname=none connect_timeout=1"])
        #expect(try await tool.run(["build", "--", "cat"], input: "as it is").output == "as it is")
        let output = Pipe()
        let process = try tool.start(
            ["build", "--", "sh", "-c", "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done"],
            output: output)
        var text = ""
        while !text.contains("ready"), let piece = try output.fileHandleForReading.read(upToCount: 6) {
            text += String(decoding: piece, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGTERM)
        text += String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text == "ready\ngot\n")
        #expect(process.terminationStatus == 5)
    }
}

/// What CI systems and commands say of a build.
struct BuildContextTests {
    @Test(arguments: [
        (["GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "a/b", "GITHUB_REF_NAME": "main", "GITHUB_SHA": "1"], "main"),
        (["GITLAB_CI": "true", "CI_PROJECT_PATH": "a/b", "CI_COMMIT_REF_NAME": "x", "CI_COMMIT_SHA": "1"], "x"),
        (["JENKINS_URL": "u", "JOB_NAME": "a/b", "BRANCH_NAME": "x", "GIT_COMMIT": "1"], "x"),
        (["CIRCLECI": "true", "CIRCLE_PROJECT_REPONAME": "a/b", "CIRCLE_BRANCH": "x", "CIRCLE_SHA1": "1"], "x"),
        (
            ["BUILDKITE": "true", "BUILDKITE_PIPELINE_SLUG": "a/b", "BUILDKITE_BRANCH": "x", "BUILDKITE_COMMIT": "1"],
            "x"
        ),
        (["TRAVIS": "true", "TRAVIS_REPO_SLUG": "a/b", "TRAVIS_BRANCH": "x", "TRAVIS_COMMIT": "1"], "x"),
        (
            [
                "TF_BUILD": "True", "BUILD_REPOSITORY_NAME": "a/b", "BUILD_SOURCEBRANCHNAME": "x",
                "BUILD_SOURCEVERSION": "1",
            ],
            "x"
        ),
        (
            [
                "BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_REPO_FULL_NAME": "a/b", "BITBUCKET_BRANCH": "x",
                "BITBUCKET_COMMIT": "1",
            ], "x"
        ),
        (["CI_PIPELINE_NUMBER": "1", "CI_REPO": "a/b", "CI_COMMIT_BRANCH": "x", "CI_COMMIT_SHA": "1"], "x"),
        (["DRONE": "true", "DRONE_REPO": "a/b", "DRONE_BRANCH": "x", "DRONE_COMMIT_SHA": "1"], "x"),
    ])
    func `each CI system says project, branch and commit`(environment: [String: String], branch: String) {
        let job = CIEnvironment(environment)
        #expect(job.project == "a/b" && job.branch == branch && job.commit == "1")
    }

    @Test func `without a CI system nothing is said`() {
        let job = CIEnvironment(["GITHUB_REPOSITORY": "a/b", "GITHUB_ACTIONS": "", "CI": "true"])
        #expect(job.project == nil && job.branch == nil && job.commit == nil)
    }

    @Test func `the words of a build command tell its Dockerfile, target and builder`() {
        let words = CommandWords([
            "docker", "buildx", "build", "--builder=b", "-f", "x/Dockerfile", "--target", "t", ".",
        ])
        #expect(words.dockerfile == "x/Dockerfile" && words.target == "t" && words.builder == "b")
        let other = CommandWords(["make", "build", "-f", "x"])
        #expect(other.dockerfile == nil && other.target == nil)
    }
}
