import BuildLog
import BuildModel
import ImageModel
import Testing

/// Which lines belong to which build.
@Suite struct SeveralBuildsTests {
    private static let short = """
        #1 [internal] load build definition from Dockerfile
        #1 DONE 0.0s

        #1 [internal] load build definition from Dockerfile
        #1 transferring dockerfile: 60B done
        #1 DONE 0.1s

        #2 [1/1] RUN make
        #2 CACHED

        """

    static let sequences: [(text: String, count: Int)] = [
        (Sample.build + Sample.build, 2), (Sample.build + "$ docker build .\n" + Sample.failure, 2),
        (Sample.failure + Sample.failure + Sample.build, 3), (short, 1), (short + short + short, 3),
        (
            "#1 [internal] load build definition from A\n#1 DONE 0.1s\n#1 [internal] load build definition from B\n#1 DONE",
            2
        ),
        ("#1 [internal] load .dockerignore\n#1 ERROR: a\nERROR: failed to solve: a\n" + short, 2),
        ("#4 [1/2] RUN a\n#4 DONE 0.1s\n\n#4 [1/2] RUN b\n#4 DONE 0.1s\n", 2),
        // Stages and targets that share a vertex give it several names.
        ("#4 [a 1/2] FROM x\n#4 ...\n#4 [b 1/3] FROM x\n#4 DONE 0.1s\n", 1),
    ]

    @Test(arguments: sequences)
    func `builds that follow one another are told apart`(text: String, count: Int) throws {
        let log = try readLog(text)
        #expect(log.builds.count == count)
        #expect(log.builds.allSatisfy { $0.build.gaps.isEmpty })
        for (one, next) in zip(log.builds, log.builds.dropFirst()) {
            #expect(one.lines.upperBound < next.lines.lowerBound)
        }
    }

    @Test func `the same build twice has the same digest`() throws {
        let log = try readLog(Sample.build + Sample.build)
        #expect(log.builds[0].build == log.builds[1].build)
        #expect(log.builds[0].build != (try readLog(Sample.failure)).builds[0].build)
    }

    @Test func `targets are builds of their own, and a shared vertex is of those it was printed under`() throws {
        let log = try readLog(
            """
            #0 building with "b" instance using docker-container driver

            #1 [web internal] load build definition from Dockerfile
            #1 DONE 0.0s

            #2 [api internal] load build definition from api.Dockerfile
            #2 DONE 0.0s

            #3 [web base 1/2] FROM docker.io/library/busybox
            #3 ...

            #3 [api base 1/2] FROM docker.io/library/busybox
            #3 DONE 0.0s

            #4 [web 2/2] RUN w
            #4 CACHED

            #5 [api stage-1 2/2] RUN a
            #5 ERROR: no

            #6 [web] exporting to image
            #6 DONE 0.1s
            """)
        #expect(log.builds.map(\.build.target) == ["web", "api"])
        #expect(
            log.outcomes(0) == [
                "completed load build definition from Dockerfile", "completed FROM docker.io/library/busybox",
                "hit RUN w", "completed exporting to image",
            ])
        #expect(
            log.outcomes(1) == [
                "completed load build definition from api.Dockerfile", "completed FROM docker.io/library/busybox",
                "failed RUN a",
            ])
        #expect(log.builds.map(\.build.result) == [.completed, .failed])
        #expect(log.builds.map(\.build.dockerfile) == ["Dockerfile", "api.Dockerfile"])
        #expect(log.builds.map(\.build.vertices) == [5, 4] && log.builds.map(\.build.cachedVertices) == [1, 0])
        #expect(log.builds[0].build.contentDigest != log.builds[1].build.contentDigest)
        #expect(log.builds[0].build.steps[2].stage == nil && log.builds[1].build.steps[2].stage == "stage-1")
    }

    @Test(arguments: [
        "", "hello\n", "#1 fixes the parser\n#2 closes it\n", "#0  0x00007f in main () at a.c:3\n#1  0x00 in b ()\n",
        "#12 [fix] a bug\n", "#1 [internal] tools\n", "# 5 DONE\n#x DONE\n#5\n#5 \n",
    ])
    func `what is no build is refused, saying what was looked for`(text: String) {
        let lines = text.split(separator: "\n").count
        #expect(throws: BuildLogError.noBuild(lines: lines)) { try readLog(text) }
        #expect("\(BuildLogError.noBuild(lines: 1))".contains("--progress") == false)
    }

    @Test func `a recording of a terminal is refused with a hint`() {
        let text =
            "\u{1B}[?25l\u{1B}[1A[+] Building 3.4s (5/9)\r\n => CACHED [2/4] RUN x    0.0s\r\n\u{1B}[2A[+] Building"
        #expect(throws: BuildLogError.terminalRecording(line: 1)) { try readLog(text) }
        #expect("\(BuildLogError.terminalRecording(line: 1))".contains("--progress=plain"))
    }

    @Test func `a log that begins inside a build says what is missing`() throws {
        #expect(
            throws: BuildLogError.unreadable(gaps: [
                "line 2: progress of a build that begins before the log or is mixed with another"
            ])
        ) {
            try readLog("#5 0.1 x\n#5 DONE 0.1s\n#6 0.3 x\n")
        }
        let log = try readLog("#5 DONE 0.1s\n#6 [3/3] RUN b\n#7 1.0 x\n#7 DONE 2.0s\n#6 CACHED\n")
        #expect(log.gaps == ["line 1: progress of a build that begins before the log or is mixed with another"])
        #expect(log.builds[0].build.gaps == ["no name was printed for #7"])
        #expect(log.outcomes() == ["hit RUN b"])
        #expect(log.builds[0].build.vertices == 2)
    }

    @Test func `two builds whose lines are mixed and unmarked are not read as something else`() throws {
        let mixed = """
            #4 [1/2] RUN a
            #4 CACHED
            #5 [2/2] RUN b
            #5 0.1 x
            #4 [1/2] RUN other
            #4 DONE 0.1s
            #5 [2/2] RUN b
            #5 DONE 7.0s
            #5 [2/2] RUN another
            #5 DONE 0.2s
            #4 [1/2] RUN a
            #4 DONE 9.0s

            """
        do {
            let log = try readLog(mixed)
            Issue.record("read as \(log.outcomes())")
        } catch BuildLogError.unreadable(let gaps) {
            #expect(gaps.first == "line 6: progress of a build that begins before the log or is mixed with another")
        }
        // What comes after them is read again.
        let log = try readLog(mixed + Sample.build)
        #expect(log.builds.map(\.build) == (try readLog(Sample.build)).builds.map(\.build))
        #expect(!log.gaps.isEmpty)
    }
}
