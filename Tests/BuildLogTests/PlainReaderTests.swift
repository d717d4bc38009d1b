import BuildLog
import BuildModel
import Foundation
import ImageModel
import Testing

/// BuildKit's plain progress, worked by hand.
@Suite struct PlainReaderTests {
    @Test func `a build is read with its hits, misses, times and image`() throws {
        let log = try readLog(Sample.build)
        #expect(log.builds.count == 1 && log.gaps.isEmpty)
        let build = log.builds[0].build
        #expect(
            log.outcomes() == [
                "completed load build definition from Dockerfile.web",
                "completed load metadata for docker.io/library/busybox:latest",
                "completed load build context",
                "hit FROM docker.io/library/busybox:latest@sha256:"
                    + "37f7b378a29ceb4c551b1b5582e27747b855bbfaa73fa11914fe0df028dc581f",
                "hit WORKDIR /app", "hit COPY go.mod .", "miss RUN make", "miss RUN echo \"#7 DONE 1.0s\"",
                "completed exporting to image",
            ])
        #expect(build.hits == 2 && build.misses == 2 && build.instructions == 4)
        #expect(build.vertices == 10 && build.cachedVertices == 3)
        #expect(build.result == .completed && build.error == nil)
        #expect(build.steps[6].duration == 12_500_000_000)
        #expect(build.steps.map(\.startOffset).allSatisfy { $0 == nil })
        #expect(build.startedAt == nil && build.duration == nil)
        #expect(build.builder == "default" && build.dockerfile == "Dockerfile.web" && build.target == nil)
        #expect(build.imageDigest == (try Digest("sha256:" + String(repeating: "a", count: 64))))
        #expect(build.imageNames == ["docker.io/library/web:1"])
        #expect(log.builds[0].lines == 1...43)
    }

    @Test func `in a build that failed only what was proven to be there is a hit`() throws {
        let log = try readLog(Sample.failure)
        #expect(
            log.outcomes() == [
                "completed load build definition from Dockerfile", "hit FROM docker.io/library/busybox",
                "hit RUN prepare", "hit RUN first", "hit COPY --from=base /x /x", "failed RUN false",
                "skipped RUN never", "skipped RUN never either", "canceled RUN long",
            ])
        let build = log.builds[0].build
        #expect(build.result == .failed && build.hits == 3 && build.misses == 0 && build.cachedVertices == 6)
        #expect(
            build.error == "process \"/bin/sh -c false\" did not complete successfully: exit code: 1")
    }

    static let proofs: [(lines: String, outcome: StepOutcome)] = [
        ("#3 [s 1/2] RUN a\n#3 CACHED\n#4 [s 2/2] RUN b\n#4 CANCELED", StepOutcome.skipped),
        ("#3 [s 1/2] RUN a\n#3 CACHED\n#4 [s 2/2] RUN b\n#4 0.1 x\n#4 CANCELED", .hit),
        ("#3 [s 1/2] RUN a\n#3 CACHED\n#4 [t 2/2] RUN b\n#4 DONE 0.1s", .skipped),
        ("#3 [s 1/2] RUN a\n#3 CACHED\n#4 [t 2/2] COPY --from=S /a /b\n#4 DONE 0.1s", .hit),
        ("#3 [s 1/2] RUN a\n#3 CACHED\n#4 [t 2/2] RUN --mount=type=bind,from=s,target=/x b\n#4 DONE 0.1s", .hit),
        ("#3 [stage-0 1/2] RUN a\n#3 CACHED\n#4 [t 2/2] COPY --from=0 /a /b\n#4 DONE 0.1s", .hit),
        ("#3 [s 2/2] RUN a\n#3 CACHED\n#4 [s 1/2] RUN b\n#4 DONE 0.1s", .skipped),
        ("#3 [linux/arm64 s 1/2] RUN a\n#3 CACHED\n#4 [linux/amd64 s 2/2] RUN b\n#4 DONE 0.1s", .skipped),
        (
            "#3 [s 1/2] RUN a\n#3 CACHED\n#4 [t 1/1] COPY --from=s / /\n#4 CACHED\n#5 [u 1/1] COPY --from=t / /\n#5 DONE",
            .hit
        ),
    ]

    @Test(arguments: proofs)
    func `a later step that ran proves a hit`(lines: String, outcome: StepOutcome) throws {
        let log = try readLog(
            "#1 [internal] load .dockerignore\n#1 DONE 0.0s\n\(lines)\n#9 [z 1/2] RUN z\n#9 ERROR: no\n")
        #expect(log.builds[0].build.result == .failed)
        #expect(log.builds[0].build.steps[1].outcome == outcome)
    }

    @Test func `what BuildKit 0.11 prints under number 0 is the current step's`() throws {
        let log = try readLog("#5 [2/2] RUN echo 1\n#0 0.084 1\n#5 DONE 0.2s\n")
        #expect(log.outcomes() == ["miss RUN echo 1"])
        #expect(log.builds[0].build.vertices == 2)
    }

    @Test func `a digest alone after a header is the vertex's`() throws {
        let vertex = "sha256:" + String(repeating: "b", count: 64)
        let layer = "sha256:" + String(repeating: "c", count: 64)
        let log = try readLog(
            """
            #5 [1/2] FROM docker.io/library/busybox
            #5 \(vertex)
            #5 \(layer) 1.2MB / 2.1MB 0.3s done
            #5 DONE 0.3s

            #6 [2/2] RUN x
            #6 \(layer)
            #6 CACHED
            """)
        #expect(log.builds[0].build.steps.map(\.vertex?.description) == [vertex, layer])
        #expect(log.outcomes() == ["completed FROM docker.io/library/busybox", "hit RUN x"])
    }

    @Test func `the fields of 2018 are read, and a step's own text beside them is not`() throws {
        let log = try readLog(
            """
            #2 [internal] load build definition from Dockerfile
            #2       digest: sha256:\(String(repeating: "d", count: 64))
            #2         name: "[internal] load build definition from Dockerfile"
            #2      started: 2018-07-12 19:23:27.5 +0000 UTC
            #2    completed: 2018-07-12 19:23:27.75 +0000 UTC
            #2     duration: 250ms
            #2 transferring dockerfile: 30B done

            #1 [1/3] RUN echo "a"
            #1       digest: sha256:\(String(repeating: "e", count: 64))
            #1         name: "[1/3] RUN echo \\"a\\""
            #1      started: 2018-07-12 19:23:28 +0000 UTC
            #1    completed: 2018-07-12 19:23:28 +0000 UTC
            #1     duration: 0s
            #1       cached: true

            #3 [2/3] RUN make
            #3       digest: sha256:\(String(repeating: "f", count: 64))
            #3         name: "[2/3] RUN make"
            #3      started: 2018-07-12 19:23:28 +0000 UTC
            text of the step
            #1 CACHED
            #3 ERROR: not at all
            #3    completed: 2018-07-12 19:24:31.5 +0000 UTC
            #3     duration: 1m3.5s

            #4 [3/3] RUN false
            #4       digest: sha256:\(String(repeating: "0", count: 64))
            #4         name: "[3/3] RUN false"
            #4      started: 2018-07-12 19:24:31.5 +0000 UTC
            #4    completed: 2018-07-12 19:24:32.5 +0000 UTC
            #4     duration: 1s
            #4        error: "executor failed running: exit code 1"
            """)
        #expect(log.builds.count == 1)
        let build = log.builds[0].build
        #expect(
            log.outcomes() == [
                "completed load build definition from Dockerfile", "hit RUN echo \"a\"", "miss RUN make",
                "failed RUN false",
            ])
        #expect(build.steps.map(\.duration) == [250_000_000, nil, 63_500_000_000, 1_000_000_000])
        #expect(build.steps.map(\.startOffset) == [0, 500_000_000, 500_000_000, 64_000_000_000])
        #expect(build.duration == 65_000_000_000)
        #expect(build.startedAt == Date(timeIntervalSince1970: 1_531_423_407.5))
        #expect(build.result == .failed && build.error == "executor failed running: exit code 1")
    }

    @Test func `in 2018 a field that did not change was not printed again`() throws {
        let log = try readLog(
            """
            #2 [1/2] RUN a
            #2       digest: sha256:\(String(repeating: "d", count: 64))
            #2         name: "[1/2] RUN a"
            #2      started: 2018-07-12 19:23:27 +0000 UTC
            #2    completed: 2018-07-12 19:23:29 +0000 UTC
            #2     duration: 2s
            #2       cached: true

            #1 ...

            #1 [2/2] RUN b
            #1       digest: sha256:\(String(repeating: "e", count: 64))
            #1         name: "[2/2] RUN b"
            #1      started: 2018-07-12 19:23:30 +0000 UTC
            #1    completed: 2018-07-12 19:23:31 +0000 UTC
            #1     duration: 1s
            #1       cached: true

            #2 [1/2] RUN a
            #2      started: 2018-07-12 19:23:32 +0000 UTC
            #2    completed: 2018-07-12 19:23:33 +0000 UTC
            #2     duration: 1s

            #1 [2/2] RUN b
            #1      started: 2018-07-12 19:23:30.5 +0000 UTC
            #1    completed: 2018-07-12 19:23:34 +0000 UTC
            #1     duration: 3.5s
            #1       cached: false
            """)
        #expect(log.outcomes() == ["hit RUN a", "miss RUN b"])
        // 30 to 31 and 30.5 to 34, what they share once.
        #expect(log.builds[0].build.steps[1].duration == 4_000_000_000)
        #expect(log.builds[0].build.vertices == 2)
    }

    static let endings: [(text: String, outcome: StepOutcome)] = [
        ("#5 [2/2] RUN x\n#5 DONE 0.0s\n\n#5 [2/2] RUN x\n#5 CACHED\n", StepOutcome.hit),
        ("#5 [2/2] RUN x\n#5 CACHED\n\n#5 [2/2] RUN x\n#5 DONE 1.5s\n", .miss),
        ("#5 [2/2] RUN x\n#5 DONE\n", .miss),
        ("#5 [2/2] RUN x\n#5 0.1 #5 DONE 0.1s\n#5 ...\n", .canceled),
        ("#5 [2/2] RUN x\n#5 1234. #5 CACHED\n#5 DONE 1234.5s\n", .miss),
        ("#5 [2/2] RUN x\n#5 CANCELED\n", .canceled),
        ("#5 [2/2] RUN x\n#5 ERROR: x\n", .failed),
        ("#5 [2/2] RUN x\n#5 0.1 10%\r#5 DONE 0.1s\r#5 CACHED\n#5 DONE 0.7s\n", .miss),
        ("#5 [2/2] RUN x\r\n#5 CACHED\r\n", .hit),
        ("\u{FEFF}#5 [2/2] RUN x\n#5 CACHED", .hit),
        ("#5 [2/2] RUN x\n#5 0.1 no newline yet and more\n#5 DONE 0.1s", .miss),
    ]

    @Test(arguments: endings)
    func `the last line that ends a step counts`(text: String, outcome: StepOutcome) throws {
        let log = try readLog(text)
        #expect(log.builds.count == 1)
        #expect(log.builds[0].build.steps.map(\.outcome) == [outcome])
    }

    static let results: [(text: String, result: BuildResult)] = [
        (Sample.build, BuildResult.completed), (Sample.failure, .failed),
        ("#1 [1/2] RUN a\n#1 DONE 0.1s\n", .unknown),
        ("#1 [1/2] RUN a\n#1 DONE 0.1s\n#2 [2/2] RUN b\n#2 CACHED\n", .completed),
        ("#1 [1/1] RUN a\n#1 DONE 0.1s\n#2 [s 1/2] RUN b\n#2 DONE 0.1s\n", .unknown),
        ("#1 [1/2] RUN a\n#1 0.1 x\n#1 CANCELED\n", .canceled),
        ("#1 [1/2] RUN a\n#1 0.1 x\nERROR: failed to solve: Canceled: context canceled\n", .canceled),
        (
            "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.1s\nERROR: failed to solve: parse error\n",
            .failed
        ),
        ("#1 importing cache manifest from r/x\n#1 ERROR: r/x: not found\n#2 [1/1] RUN a\n#2 DONE 0.1s\n", .completed),
    ]

    @Test(arguments: results)
    func `how a build ended`(text: String, result: BuildResult) throws {
        #expect(try readLog(text).builds.map(\.build.result) == [result])
    }

    @Test func `a manifest list goes before its manifests, and pushed names are names`() throws {
        let digests = ["1", "2", "3"].map { "sha256:" + String(repeating: $0, count: 64) }
        let log = try readLog(
            """
            #1 [1/1] RUN a
            #1 DONE 0.1s
            #2 exporting to image
            #2 exporting manifest \(digests[0]) 0.0s done
            #2 exporting config \(digests[1]) 0.0s done
            #2 exporting manifest list \(digests[2]) 0.0s done
            #2 pushing manifest for r.example/x:1@\(digests[2]) 1.2s done
            #2 DONE 0.1s
            """)
        #expect(log.builds[0].build.imageDigest?.description == digests[2])
        #expect(log.builds[0].build.imageNames == ["r.example/x:1"])
    }
}
