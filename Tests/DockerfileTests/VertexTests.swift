import Dockerfile
import Testing

@Suite struct `Names of steps` {
    private func names(_ text: String, _ settings: BuildSettings = .init()) throws -> [String] {
        try Dockerfile(parsing: text).vertices(settings).map(\.name)
    }

    @Test
    func `count FROM, RUN, COPY, ADD and WORKDIR`() throws {
        #expect(
            try names("FROM a\nENV x=1\nWORKDIR /w\nRUN make $x\nCOPY a$x \"b c\" /d\nADD e /f\nCMD z") == [
                "[1/5] FROM a", "[2/5] WORKDIR /w", "[3/5] RUN make 1", "[4/5] COPY a1 b c /d", "[5/5] ADD e /f",
            ])
    }

    @Test
    func `have the stage when there are several, and padded numbers`() throws {
        let runs = (1...9).map { "RUN \($0)\n" }.joined()
        let all = try names("FROM a AS one\n\(runs)FROM one\nRUN x\nFROM scratch AS three\nCOPY --from=one / /")
        #expect(all[0] == "[one  1/10] FROM a")
        #expect(all[9] == "[one 10/10] RUN 9")
        #expect(all[10] == "[stage-1 1/1] RUN x")
        #expect(all[11] == "[three 1/1] COPY --from=one / /")
    }

    @Test(arguments: [
        ("COPY --from=alpine a b", true), ("RUN --mount=type=cache,target=/x y", true),
        ("RUN --mount=from=b,target=/x y", true),
        ("COPY a b", false), ("RUN y", false),
    ])
    func `count images that are copied from as stages`(_ line: String, _ isNamed: Bool) throws {
        #expect(try names("FROM a\n\(line)")[0] == (isNamed ? "[stage-0 1/2] FROM a" : "[1/2] FROM a"))
    }

    @Test
    func `know ARG and ENV of their place`() throws {
        let text = """
            ARG BASE=a
            ARG TAG=${BASE}1
            FROM $BASE:$TAG AS one
            RUN $TAG
            ARG TAG
            RUN $TAG $GIVEN $TARGETARCH
            ARG GIVEN=default TARGETARCH
            RUN $GIVEN $TARGETARCH
            ENV TAG=env X=$TAG
            RUN $TAG $X
            FROM one
            RUN $TAG $GIVEN
            FROM b
            RUN $TAG
            """
        let settings = BuildSettings(arguments: ["GIVEN": "g", "BASE": "c"], targetPlatform: "linux/arm64/v8")
        #expect(
            try names(text, settings) == [
                "[one 1/5] FROM c:c1", "[one 2/5] RUN $TAG", "[one 3/5] RUN c1 $GIVEN $TARGETARCH",
                "[one 4/5] RUN g arm64",
                "[one 5/5] RUN env c1", "[stage-1 1/1] RUN env g", "[stage-2 1/2] FROM b", "[stage-2 2/2] RUN $TAG",
            ])
    }

    @Test
    func `show the first line of a heredoc`() throws {
        #expect(
            try names(
                "FROM scratch\nRUN <<EOT\n  set -e\n  make\nEOT\nRUN <<EOT\none\nEOT\nRUN cat <<EOT\nx\nEOT\nCOPY <<a /b\nx\na\n"
            ) == [
                "[1/4] RUN <<EOT (set -e...)", "[2/4] RUN <<EOT (one)", "[3/4] RUN cat <<EOT", "[4/4] COPY <<a /b",
            ])
    }

    @Test
    func `leave out a folder that is there already, but count it`() throws {
        #expect(try names("FROM scratch\nWORKDIR /\nRUN a") == ["[1/2] RUN a"])
    }

    @Test
    func `say what is not certain`() throws {
        let text = "FROM a\nENV X=$PATH:/b\nRUN $X\nRUN y\nCOPY $Z /\nWORKDIR ..\nRUN z"
        let unknown = try Dockerfile(parsing: text).vertices()
        #expect(unknown.map(\.isCertain) == [true, false, true, false, false, false])
        let known = try Dockerfile(parsing: text).vertices(.init(baseEnvironments: ["a": ["PATH": "/p"]]))
        #expect(known.map(\.text)[1] == "RUN /p:/b")
        #expect(known.map(\.isCertain) == [true, true, true, true, false, false])
    }

    @Test
    func `mask secrets`() throws {
        #expect(try names("FROM scratch\nRUN --mount=type=secret,id=t,env=T x $T")[0].hasSuffix(" x ****"))
    }

    @Test
    func `do not grow without bound`() throws {
        let text = "FROM scratch\nENV a=xxxxxxxxxxxxxxxx\n" + String(repeating: "ENV a=$a$a\n", count: 60) + "RUN $a\n"
        #expect(try names(text).count == 1)
        let wide =
            "FROM scratch\nENV a=\(String(repeating: "x", count: 60_000))\n" + String(repeating: "RUN $a\n", count: 200)
        #expect(throws: DockerfileError(line: 37, .expansion("variables grow beyond 2097152 bytes"))) {
            try names(wide)
        }
    }

    @Test
    func `fail with the line of a FROM that comes to nothing`() {
        #expect(throws: DockerfileError(line: 2, .expansion("$B is empty; give the ARG that it needs a value"))) {
            try names("ARG B\nFROM $B")
        }
        #expect(throws: DockerfileError(line: 1, .expansion("${B:?gone}: B: gone"))) { try names("FROM ${B:?gone}") }
    }
}

@Suite struct `Stages that stages use` {
    static let text = """
        FROM a AS one
        FROM one AS two
        COPY --from=0 x y
        FROM scratch AS three
        FROM b AS four
        COPY --from=THREE x y
        COPY --from=image x y
        RUN --mount=type=bind,from=two,target=/x --mount=type=cache,target=/y z
        FROM One AS five
        """

    @Test
    func `are those of FROM, COPY and mounts`() throws {
        let uses = try Dockerfile(parsing: Self.text).uses()
        #expect(uses.map { $0.map(\.stage) } == [[nil], [0, 0], [nil], [nil, 2, nil, 1], [nil]])
        #expect(uses[3].map(\.kind) == [.base, .copy, .copy, .mount])
        #expect(uses[3].map(\.name) == ["b", "THREE", "image", "two"])
        #expect(uses[3].map(\.instruction) == [4, 5, 6, 7])
    }

    @Test(
        arguments: [
            ("one", [0]), ("TWO", [0, 1]), ("four", [0, 1, 2, 3]), ("2", [2]), (nil, [4]), ("nobody", nil), ("9", nil),
        ] as [(String?, [Int]?)])
    func `come together for a target`(_ target: String?, _ expected: [Int]?) throws {
        #expect(try Dockerfile(parsing: Self.text).stages(neededFor: target) == expected)
    }
}
