import BuildLog
import BuildModel
import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Commands

/// Which lines of the Dockerfile steps of a log come from.
struct StepLinesTests {
    /// Where it stands in a log is printed by Docker 20.10 and podman 4.3 alike.
    static let dockerfile = """
        ARG TAG=1
        FROM base:${TAG} AS build
        # a comment
        WORKDIR /w
        COPY f1 /w/
        RUN cat f1 && \\
            echo two

        FROM base:1
        LABEL x=y
        COPY --from=build /w/f1 /f1
        CMD ["sh"]
        """

    private func lines(_ log: String, _ dockerfile: String = Self.dockerfile) throws -> [String?] {
        let folder = try ScratchFolder("lines")
        let path = try folder.write(Data(dockerfile.utf8), to: "Dockerfile").path
        var reader = BuildLogReader()
        reader.read(Array(log.utf8)[...])
        var build = try #require(try reader.finish().builds.first?.build)
        try #require(try StepLines(path: path)).fill(&build)
        return build.steps.filter { [.instruction, .from].contains($0.kind) }.map { step in
            step.lines.map { "\($0.lowerBound)-\($0.upperBound)" }
        }
    }

    @Test func `steps of BuildKit, the classic builder and buildah get the lines of their instruction`() throws {
        let buildKit = """
            #1 [internal] load build definition from Dockerfile
            #1 DONE 0.0s

            #2 [build 1/4] FROM docker.io/library/base:1
            #2 DONE 0.0s

            #3 [build 2/4] WORKDIR /w
            #3 CACHED

            #4 [build 3/4] COPY f1 /w/
            #4 CACHED

            #5 [build 4/4] RUN cat f1 &&     echo two
            #5 DONE 0.5s

            #6 [stage-1 2/2] COPY --from=build /w/f1 /f1
            #6 DONE 0.1s

            #7 exporting to image
            #7 DONE 0.1s

            """
        #expect(try lines(buildKit) == ["2-2", "4-4", "5-5", "6-7", "11-11"])
        let classic = """
            Sending build context to Docker daemon  4.096kB
            Step 1/9 : ARG TAG=1
            Step 2/9 : FROM base:${TAG} AS build
             ---> ffbcc608b3be
            Step 3/9 : WORKDIR /w
             ---> Using cache
             ---> 09b6a06a180a
            Step 4/9 : COPY f1 /w/
             ---> Using cache
             ---> c9cfba84c299
            Step 5/9 : RUN cat f1 &&     echo two
             ---> Using cache
             ---> 590fdcf47efc
            Step 6/9 : FROM base:1
             ---> ffbcc608b3be
            Step 7/9 : LABEL x=y
             ---> Using cache
             ---> c46e2ad1d2b0
            Step 8/9 : COPY --from=build /w/f1 /f1
             ---> Using cache
             ---> 61ffcf9c305d
            Step 9/9 : CMD ["sh"]
             ---> Running in 604ec4647de9
            Removing intermediate container 604ec4647de9
             ---> d98566da7677
            Successfully built d98566da7677
            Successfully tagged app:1

            """
        #expect(try lines(classic) == ["2-2", "4-4", "5-5", "6-7", "9-9", "10-10", "11-11", "12-12"])
        let buildah = """
            [1/2] STEP 1/4: FROM localhost/base:1 AS build
            [1/2] STEP 2/4: WORKDIR /w
            --> 6c7dcd1a740
            [1/2] STEP 3/4: COPY f1 /w/
            --> b93951646b7
            [1/2] STEP 4/4: RUN cat f1 &&     echo two
            --> a1b32df3f1a
            [2/2] STEP 1/4: FROM localhost/base:1
            [2/2] STEP 2/4: LABEL x=y
            --> b23ca9dc5c2
            [2/2] STEP 3/4: COPY --from=build /w/f1 /f1
            --> e3a30071c0a
            [2/2] STEP 4/4: CMD ["sh"]
            [2/2] COMMIT app:1
            --> b399cff77ba
            Successfully tagged localhost/app:1
            b399cff77ba00cec7b3e9354b3ce259ceaa33fa3f4798afbb28cb7c6dc6c5411

            """
        #expect(
            try lines(buildah).map { $0 ?? "" }.filter { $0 != "2-2" && $0 != "9-9" && !$0.isEmpty }
                == ["4-4", "5-5", "6-7", "10-10", "11-11", "12-12"])
    }

    @Test func `a log of another file, or of a file of another name, gets no lines`() throws {
        let log = BuildLogTests.log
        let file = "FROM alpine:3.19\nRUN apk add curl\nRUN make\n"
        #expect(try lines(log, file) == ["1-1", "2-2", "3-3"])
        #expect(try lines(log, "FROM debian\nRUN apt-get update\nRUN make all\n") == [nil, nil, nil])
        #expect(
            try lines(log.replacing("definition from Dockerfile", with: "definition from x.df"), file) == [
                nil, nil, nil,
            ])
    }

    @Test func `what the build itself tells stands`() throws {
        let folder = try ScratchFolder("lines")
        let path = try folder.write(Data("FROM a\nRUN make\n".utf8), to: "Dockerfile").path
        let step = BuildStep(
            number: 1, kind: .instruction, name: "[2/2] RUN make", text: "RUN make", outcome: .miss, lines: 7...9)
        var build = Build(
            contentDigest: .of("x".utf8), form: .record, tool: .buildkit, result: .completed, steps: [step])
        try #require(try StepLines(path: path)).fill(&build)
        #expect(build.steps.map(\.lines) == [7...9])
        #expect(try StepLines(path: folder("none").path).map { _ in true } == nil)
        #expect(try StepLines(path: folder.url.path).map { _ in true } == nil)
    }
}

/// Which Dockerfile a build command builds, and with which arguments.
struct BuildArgumentsTests {
    private func folder() throws -> ScratchFolder {
        let folder = try ScratchFolder("context")
        for path in ["Dockerfile", "app/Dockerfile", "app/x.df", "pod/Containerfile", "pod/Dockerfile", "x.df", "y.in"]
        {
            try FileManager.default.createDirectory(
                at: folder(path).deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("FROM a\n".utf8).write(to: folder(path))
        }
        try FileManager.default.createDirectory(at: folder("empty"), withIntermediateDirectories: true)
        return folder
    }

    @Test(arguments: [
        ("docker build .", "Dockerfile"), ("docker build -t a --no-cache app", "app/Dockerfile"),
        ("docker build -qt a -fapp/x.df .", "app/x.df"), ("/usr/bin/docker build --file=x.df app", "x.df"),
        ("docker --context c buildx --builder b build --progress plain -f x.df app", "x.df"),
        ("docker image build app --pull", "app/Dockerfile"), ("buildx build -- app", "app/Dockerfile"),
        ("podman build pod", "pod/Containerfile"), ("podman build", "Dockerfile"),
        ("podman --root r build -f Containerfile pod", "pod/Containerfile"),
        ("buildah bud --layers -t a pod", "pod/Containerfile"),
        ("buildah --log-level debug build -f app/x.df", "app/x.df"),
        ("docker build --label -f --provenance=false app", "app/Dockerfile"),
    ])
    func `one plain local file is found`(command: String, file: String) throws {
        let folder = try folder()
        let words = command.split(separator: " ").map(String.init)
        let found = BuildArguments(words, environment: [:], in: folder.url.path).dockerfile
        #expect(found.map { URL(filePath: $0).standardizedFileURL.path } == folder(file).standardizedFileURL.path)
    }

    @Test(arguments: [
        "docker build -", "docker build -f - .", "docker build", "docker build empty", "docker build a b",
        "docker build https://example.org/a.git", "docker build -f none .", "docker build -f x.df -f app/x.df .",
        "docker build --unknown x.df .", "docker build --provenance false .", "docker buildx bake",
        "docker compose build .",
        "docker run build .", "docker buildx", "podman build -f x.df app", "podman build -f y.in", "make build .",
        "docker build -f", "docker build -f app .", "sh -c docker",
    ])
    func `where there is none, or it is not certain which, nothing is found`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        #expect(BuildArguments(words, environment: [:], in: try folder().url.path).dockerfile == nil)
    }

    @Test func `build arguments are taken, and those without a value from the environment`() throws {
        let words = ["docker", "build", "--build-arg", "A=1=2", "--build-arg=B", "--build-arg", "C", "."]
        let found = BuildArguments(words, environment: ["B": "b"], in: "/")
        #expect(found.values == ["A": "1=2", "B": "b"])
    }
}

/// The lines of recorded steps, through the program.
@Suite(.serialized, .enabled(if: hasPostgres, "PostgreSQL is not installed"))
struct RecordedLinesTests {
    private static func lines(_ tool: Tool) async throws -> [String?] {
        try await tool.run("steps", "--filter", "kind=instruction", "--format", "json").rows().map {
            $0["lines"] as? String
        }
    }

    @Test func `a log has lines once its Dockerfile is given, also when it was read before`() async throws {
        try await withScratchDatabase { url in
            let tool = try Tool(["LAYERSCOPE_DATABASE_URL": url])
            try tool.folder.write(Data(BuildLogTests.log.utf8), to: "build.log")
            try tool.folder.write(Data("FROM alpine:3.19\nRUN apk add curl\n\nRUN make\n".utf8), to: "Dockerfile")
            #expect(try await tool.run("collect", "build-log", "build.log").status == 0)
            #expect(try await Self.lines(tool) == [nil, nil])
            let outcome = try await tool.run("collect", "build-log", "build.log", "--dockerfile", "Dockerfile")
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
            #expect(try await Self.lines(tool) == ["2", "4"])
        }
    }

    @Test func `a wrapped build has lines of the file that its command names, and says when that is none`() async throws
    {
        try await withScratchDatabase { url in
            let tool = try Tool(["LAYERSCOPE_DATABASE_URL": url])
            try tool.folder.write(Data(BuildLogTests.log.utf8), to: "build.log")
            try tool.folder.write(Data("ARG V=1\nFROM alpine:$V\nRUN apk add curl\nRUN make\n".utf8), to: "Dockerfile")
            let program = try tool.folder.write(Data("#!/bin/sh\ncat build.log\n".utf8), to: "docker")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
            let outcome = try await tool.run("build", "--", program.path, "build", "--build-arg", "V=3.19", ".")
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
            #expect(try await Self.lines(tool) == ["3", "4"])
            let from = try await tool.run("steps", "--filter", "kind=from", "--format", "json").rows()
            #expect(from.map { $0["lines"] as? String } == ["2"], "FROM needs the build argument")
            try tool.folder.write(Data("RUN make\n".utf8), to: "Dockerfile")
            let odd = try await tool.run("build", "--", program.path, "build", ".")
            #expect(odd.status == 0 && odd.errors.contains("steps are not tied"), "\(odd.errors)")
        }
    }
}
