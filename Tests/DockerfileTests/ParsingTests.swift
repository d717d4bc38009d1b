import Dockerfile
import Testing

@Suite struct `Reading a Dockerfile` {
    private func read(_ text: String) throws -> Dockerfile { try Dockerfile(parsing: text) }

    @Test
    func `parts stages, flags, words and lines`() throws {
        let file = try read(
            """
            # syntax=docker/dockerfile:1
            ARG VERSION=1
            FROM --platform=$BUILDPLATFORM golang:$VERSION AS Build
            COPY --link --from=deps --chown="a b" x y /z/
            RUN --mount=type=cache,target=/x \\
                # a comment

                make \\
                all

            FROM scratch
            ENV A=1 B="two words"
            ENV C  three words
            ENTRYPOINT ["/a", "-b"]
            """)
        #expect(file.syntax == "docker/dockerfile:1")
        #expect(file.stages.map(\.name) == ["build", nil])
        #expect(file.stages.map(\.base) == ["golang:$VERSION", "scratch"])
        #expect(file.stages[0].platform == "$BUILDPLATFORM")
        #expect(file.stages.map(\.instructions) == [1..<4, 4..<8])
        #expect(file.instructions.map(\.lines) == [2...2, 3...3, 4...4, 5...9, 11...11, 12...12, 13...13, 14...14])
        let copy = file.instructions[2]
        #expect(
            copy.flags == [.init(name: "link"), .init(name: "from", value: "deps"), .init(name: "chown", value: "a b")])
        #expect(copy.arguments == ["x", "y", "/z/"])
        #expect(file.instructions[3].arguments == ["make     all"])
        #expect(file.instructions[3].text == "RUN --mount=type=cache,target=/x     make     all")
        #expect(file.instructions[5].arguments == ["A=1", "B=\"two words\""])
        #expect(file.instructions[6].arguments == ["C=three words"])
        #expect(file.instructions[7].isJSON)
        #expect(file.instructions[7].arguments == ["/a", "-b"])
    }

    @Test
    func `keeps heredocs apart`() throws {
        let file = try read(
            "FROM a\nRUN <<A cat <<-'B' 3<<\"C\"\none $x\nA\n\ttwo\n\t\tdeep\n\tB\nC\nCOPY <<f <<'g h' /d/\n1\nf\n2\ng h\n"
        )
        let run = file.instructions[1]
        #expect(
            run.heredocs == [
                .init(name: "A", content: "one $x\n", isExpanded: true, isChomped: false),
                .init(name: "B", content: "two\ndeep\n", isExpanded: false, isChomped: true),
                .init(name: "C", content: "", isExpanded: false, isChomped: false),
            ])
        #expect(run.lines == 2...8)
        #expect(file.instructions[2].heredocs.map(\.name) == ["f", "g h"])
        #expect(file.instructions[2].heredocs.map(\.content) == ["1\n", "2\n"])
    }

    @Test(arguments: [
        "RUN echo 1 << 2", "RUN [\"a\", \"<<EOT\"]", "RUN echo \"<<EOT", "CMD cat <<EOT", "RUN cat <<<x",
        "RUN a '<<EOT'",
    ])
    func `sees no heredoc where there is none`(_ line: String) throws {
        // `<< 2` is one for a shell and for BuildKit.
        if line.contains("<< 2") {
            #expect(throws: DockerfileError(line: 2, .unterminatedHeredoc(name: "2"))) { try read("FROM a\n\(line)\n") }
        } else {
            #expect(try read("FROM a\n\(line)\n").instructions[1].heredocs.isEmpty)
        }
    }

    @Test
    func `takes a heredoc behind ONBUILD`() throws {
        let file = try read("FROM a\nONBUILD run <<E\nx\nE\n")
        #expect(file.instructions[1].keyword == "ONBUILD")
        #expect(file.instructions[1].heredocs.map(\.content) == ["x\n"])
        #expect(file.instructions[1].trigger.map(\.keyword) == ["RUN"])
        #expect(file.instructions[1].trigger[0].heredocs.map(\.content) == ["x\n"])
        #expect(file.instructions[1].trigger[0].lines == 2...4)
    }

    @Test
    func `takes a byte order mark, line ends of Windows and a backtick`() throws {
        let file = try read("\u{FEFF}# escape=`\r\nFROM a\r\nRUN one `\r\n  two\r\nWORKDIR C:\\\r\n")
        #expect(file.escape == "`")
        #expect(file.instructions.map(\.text) == ["FROM a", "RUN one   two", "WORKDIR C:\\"])
        #expect(file.instructions.map(\.lines) == [2...2, 3...4, 5...5])
    }

    @Test
    func `ends directives at the first other line`() throws {
        #expect(try read("# x\n# escape=`\nFROM a").escape == "\\")
        #expect(try read("\n# escape=`\nFROM a").escape == "\\")
        #expect(try read("# unknown=1\n# escape=`\nFROM a").escape == "\\")
        #expect(try read("#check=skip=all\n#ESCAPE = ` \nFROM a").escape == "`")
    }

    @Test(arguments: [
        ("", DockerfileError(.noInstructions)),
        ("# only\n\n", DockerfileError(.noInstructions)),
        ("ARG a", DockerfileError(.noStages)),
        ("RUN a\nFROM b", DockerfileError(line: 1, .beforeFirstFrom(keyword: "RUN"))),
        ("FROM a\n\nFOO b", DockerfileError(line: 3, .unknownInstruction("FOO"))),
        ("FROM a\nRUN \\\n b <<E\nx", DockerfileError(line: 2, .unterminatedHeredoc(name: "E"))),
        (
            "# escape=x\nFROM a",
            DockerfileError(line: 1, .directive("the escape character is x, where only \\ and ` can be"))
        ),
        (
            "# escape=`\n# escape=`\nFROM a",
            DockerfileError(line: 2, .directive("only one directive escape is allowed"))
        ),
        ("FROM a\nENV b", DockerfileError(line: 2, .instruction(keyword: "ENV", "b has no value"))),
        ("FROM a\nENV a=1 b", DockerfileError(line: 2, .instruction(keyword: "ENV", "b has no =; write name=value"))),
        ("FROM a\nENV =b", DockerfileError(line: 2, .instruction(keyword: "ENV", "a name cannot be empty"))),
        (
            "FROM a AS 1b",
            DockerfileError(
                line: 1,
                .instruction(
                    keyword: "FROM", "1b is no name for a stage: a letter comes first, then letters, digits, - _ and .")
            )
        ),
        (
            "FROM a b",
            DockerfileError(line: 1, .instruction(keyword: "FROM", "write FROM image, or FROM image AS name"))
        ),
        (
            "FROM a\nCOPY b",
            DockerfileError(line: 2, .instruction(keyword: "COPY", "a source and a destination are needed"))
        ),
        (
            "FROM a\nCOPY --link=x b c",
            DockerfileError(line: 2, .instruction(keyword: "COPY", "--link is true or false, not x"))
        ),
        ("FROM a\nCOPY --from b c", DockerfileError(line: 2, .instruction(keyword: "COPY", "--from has no value"))),
        (
            "FROM a\nCOPY --from=1 --from=2 b c",
            DockerfileError(line: 2, .instruction(keyword: "COPY", "--from is given twice"))
        ),
        ("FROM a\nRUN --foo b", DockerfileError(line: 2, .instruction(keyword: "RUN", "unknown flag --foo"))),
        (
            "FROM a\nCOPY a <<E\nE",
            DockerfileError(line: 2, .instruction(keyword: "COPY", "a heredoc cannot be the destination"))
        ),
        (
            "FROM a\nCMD [1]",
            DockerfileError(line: 2, .instruction(keyword: "CMD", "the JSON array holds something other than strings"))
        ),
        (
            "FROM a\nSHELL sh",
            DockerfileError(line: 2, .instruction(keyword: "SHELL", "a JSON array of strings is needed"))
        ),
        (
            "FROM a\nONBUILD ONBUILD RUN b",
            DockerfileError(line: 2, .instruction(keyword: "ONBUILD", "it cannot hold another ONBUILD"))
        ),
        ("FROM a\nONBUILD FROM b", DockerfileError(line: 2, .instruction(keyword: "ONBUILD", "it cannot hold FROM"))),
        (
            "FROM a\nHEALTHCHECK NONE b",
            DockerfileError(line: 2, .instruction(keyword: "HEALTHCHECK", "NONE has no arguments"))
        ),
        ("FROM a\nVOLUME [\" \"]", DockerfileError(line: 2, .instruction(keyword: "VOLUME", "a path cannot be empty"))),
    ])
    func `names the line and what is wrong`(_ text: String, _ error: DockerfileError) {
        #expect(throws: error) { try read(text) }
    }

    @Test
    func `says it in words`() {
        #expect(
            DockerfileError(line: 3, .unknownInstruction("FOO")).description
                == "dockerfile line 3: unknown instruction FOO")
        #expect(DockerfileError(.noStages).description == "dockerfile: there is no FROM in it")
    }

    @Test
    func `keeps within its limits`() throws {
        let limits = DockerfileLimits(bytes: 40, lineBytes: 20, instructions: 2)
        #expect(throws: DockerfileError(.largerThan(bytes: 40))) {
            try Dockerfile(parsing: String(repeating: "#\n", count: 21), limits: limits)
        }
        #expect(throws: DockerfileError(line: 2, .lineLongerThan(bytes: 20))) {
            try Dockerfile(parsing: "FROM a\nRUN " + String(repeating: "x", count: 17), limits: limits)
        }
        #expect(throws: DockerfileError(line: 3, .moreInstructionsThan(2))) {
            try Dockerfile(parsing: "FROM a\nRUN b\nRUN c", limits: limits)
        }
        #expect(
            try Dockerfile(parsing: "FROM a\nRUN " + String(repeating: "x", count: 16), limits: limits).stages.count
                == 1)
    }

    @Test(arguments: [
        ("[]", true, []), ("[ \"a\\u00e9\\ud83d\\ude00\\ud800\" ] ", true, ["aé😀\u{FFFD}"]),
        ("[\"a\",]", false, ["[\"a\",]"]),
        ("[\"a\"] b", false, ["[\"a\"] b"]), ("[\"a\" \"b\"]", false, ["[\"a\" \"b\"]"]), ("[a]", false, ["[a]"]),
        ("[ -f x ] && y", false, ["[ -f x ] && y"]), ("[\"\t\"]", false, ["[\"\t\"]"]), ("[01]", false, ["[01]"]),
        ("[[], {\"a\": [1e5, null}]", false, ["[[], {\"a\": [1e5, null}]"]),
    ])
    func `takes JSON where it is JSON`(_ words: String, _ isJSON: Bool, _ arguments: [String]) throws {
        let instruction = try read("FROM a\nCMD \(words)").instructions[1]
        #expect(instruction.isJSON == isJSON)
        #expect(instruction.arguments == arguments)
    }
}
