import Dockerfile
import Testing

@Suite struct `Tying steps to lines` {
    static let text = """
        ARG V=1
        FROM golang:$V AS build
        WORKDIR /src
        COPY . .
        RUN --mount=type=cache,target=/c \\
            go build -o "/out/app" $FLAGS
        FROM alpine
        RUN apk add x
        RUN apk add x
        ONBUILD RUN later
        COPY --from=build /out/app /bin/
        """

    @Test(arguments: [
        ("[build 1/4] FROM docker.io/library/golang:1@sha256:0011", 2...2),
        ("[build 2/4] WORKDIR /src", 3...3),
        ("[linux/arm64 build 3/4] COPY . .", 4...4),
        ("[build 4/4] RUN --mount=type=cache,target=/c     go build -o \"/out/app\" -v -x", 5...6),
        ("[stage-1 3/4] RUN apk add x", 9...9),
        ("[stage-1 4/4] COPY --from=build /out/app /bin/", 11...11),
        ("[target stage-1 4/4] COPY --from=build /out/app /bin/", 11...11),
        ("[stage-1 4/4] LINK COPY --from=build /out/app /bin/", 11...11),
        // Two triggers of the base image: the copy can only be one instruction.
        ("[stage-1 6/6] COPY --from=build /out/app /bin/", 11...11),
        ("[build 4/4] RUN --mount=type=cache,target=/c     go bu...", 5...6),
    ])
    func `finds the lines`(_ name: String, _ lines: ClosedRange<Int>) throws {
        #expect(try StepMatcher(Dockerfile(parsing: Self.text)).lines(ofVertex: name) == lines)
    }

    @Test(arguments: [
        "[internal] load build context", "[build 2/4] COPY . .", "[build 3/4] COPY . /x", "[other 3/4] COPY . .",
        "[build 3/3] COPY . .", "[1/4] FROM golang", "[build 1/4] FROM docker.io/library/golang:2",
        "[stage-1 2/5] ONBUILD RUN apk add x", "[stage-1 3/5] RUN apk add x", "exporting to image", "[build 9/4] RUN x",
    ])
    func `gives nothing rather than a guess`(_ name: String) throws {
        #expect(try StepMatcher(Dockerfile(parsing: Self.text)).lines(ofVertex: name) == nil)
    }

    @Test
    func `takes parts`() throws {
        let matcher = try StepMatcher(Dockerfile(parsing: Self.text))
        #expect(matcher.lines(stage: "build", position: 3, text: "COPY . .") == 4...4)
        #expect(matcher.instruction(stage: "build", position: 3, total: 4, text: "COPY . .") == 3)
    }

    @Test(
        arguments: [
            (2, nil, "FROM golang:$V AS build", 2...2),
            (5, nil, "RUN --mount=type=cache,target=/c go build -o \"/out/app\" -v", 5...6),
            (1, 1, "FROM golang:1 AS build", 2...2), (3, 2, "RUN apk add x", 9...9), (3, 2, "RUN apk add y", nil),
            (6, 2, "RUN apk add x", nil),
            (0, 1, "FROM alpine", nil), (1, 3, "FROM alpine", nil), (4, nil, "RUN x", nil),
        ] as [(Int, Int?, String, ClosedRange<Int>?)])
    func `counts as other builders count`(_ position: Int, _ stage: Int?, _ text: String, _ lines: ClosedRange<Int>?)
        throws
    {
        let matcher = try StepMatcher(Dockerfile(parsing: Self.text))
        #expect(matcher.lines(instruction: position, ofStage: stage, text: text) == lines)
    }
}
