import BuildLog
import BuildModel
import Foundation
import ImageModel
import TestSupport
import Testing

private typealias S = SolveSample

/// Provenance of both generations, and metadata files.
@Suite struct ProvenanceTests {
    private static let layer = ["base", "one", "two"].map {
        #"{"mediaType":"x","digest":"\#(S.digest($0))","size":-1}"#
    }

    /// What both generations say in the same words.
    private static let config = """
        {"llbDefinition":[{"id":"step0"},{"id":"step1","inputs":["step0:0"]},{"id":"step2","inputs":["step1:0","step3:0"]},\
        {"id":"step3"},{"id":"step4","inputs":["step9:0"]}],"digestMapping":{"\(S.digest("from"))":"step0",\
        "\(S.digest("a"))":"step1","\(S.digest("b"))":"step2","\(S.digest("c"))":"step4"}}
        """
    private static let details = """
        {"vcs":{"source":"https://user:secret@github.com/docker/buildx.git","revision":"abc-dirty"},"source":{"locations":{\
        "step0":{"locations":[{"ranges":[{"start":{"line":1},"end":{"line":1}}]}]},\
        "step1":{"locations":[{"ranges":[{"start":{"line":3},"end":{"line":3}},{"start":{"line":4},"end":{"line":6}}]}]},\
        "step2":{"locations":[{"ranges":[{"start":{"line":0}}]}]}}},\
        "layers":{"step0:0":[[\(layer[0])],[\(layer[0])]],"step1:0":[[\(layer[0]),\(layer[1])]],\
        "step2:0":[[\(layer[0]),\(layer[1]),\(layer[2])]],"step3:0":[[]],"step4:0":[[\(layer[0]),\(layer[1])]]}}
        """
    private static let arguments = #"{"target":"web","build-arg:TOKEN":"secret","filename":"web.Dockerfile"}"#

    private static let old = """
        {"buildType":"https://mobyproject.org/buildkit@v1","invocation":{"configSource":{"entryPoint":"Dockerfile"},\
        "parameters":{"frontend":"dockerfile.v0","args":\(arguments)}},"buildConfig":\(config),\
        "metadata":{"https://mobyproject.org/buildkit@v1#metadata":\(details)}}
        """
    private static let new = """
        {"buildDefinition":{"buildType":"https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",\
        "externalParameters":{"configSource":{"path":"Dockerfile"},"request":{"frontend":"dockerfile.v0","args":\(arguments)}},\
        "internalParameters":{"buildConfig":\(config)}},"runDetails":{"metadata":{"buildkit_metadata":\(details)}}}
        """

    @Test(arguments: [(old, Provenance.Version.slsa02), (new, .slsa1)], [true, false])
    func `both generations tie steps to lines and to the layers they made`(
        of: (String, Provenance.Version), isStatement: Bool
    ) throws {
        let text = isStatement ? #"{"_type":"https://in-toto.io/Statement/v1","predicate":\#(of.0)}"# : of.0
        let found = try Provenance.parse(Data(text.utf8))
        #expect(found.version == of.1)
        #expect(found.project == "docker/buildx" && found.commit == "abc-dirty" && found.branch == nil)
        #expect(found.target == "web" && found.dockerfile == "web.Dockerfile")
        #expect(found.steps[S.digest("from")] == .init(lines: 1...1, layers: [S.digest("base")]))
        #expect(found.steps[S.digest("a")] == .init(lines: 3...6, layers: [S.digest("one")]))
        // A line 0 is no line; of two inputs the longer one is stood on.
        #expect(found.steps[S.digest("b")] == .init(layers: [S.digest("two")]))
        // What its input consists of is not written down: whose the layers are cannot be told.
        #expect(found.steps[S.digest("c")] == nil)
    }

    @Test func `a build takes what it does not know already`() throws {
        var build = try #require(
            try S.history([S.vertex("a", "[1/1] RUN a", 1, 2)]).builds(form: .rawjson, content: S.digest("c")).first)
        build.project = "mine"
        build.apply(try Provenance.parse(Data(Self.old.utf8)))
        #expect(build.project == "mine" && build.target == "web" && build.commit == "abc-dirty")
        #expect(build.steps[0].lines == 3...6 && build.steps[0].layers == [S.digest("one")])
    }

    @Test(arguments: [
        ("https://github.com/docker/buildx.git#refs/heads/feature/x:sub", "docker/buildx", "feature/x", nil as String?),
        ("https://user:pass@gitlab.com/group/sub/app.git", "group/sub/app", nil, nil),
        ("git@github.com:docker/buildx.git#v1.2", "docker/buildx", "v1.2", nil),
        ("ssh://git@host:22/a/b", "a/b", nil, nil),
        (
            "https://github.com/a/b#0cc1946822ab5fae02bd40f30b2e41fbad489513", "a/b", nil,
            "0cc1946822ab5fae02bd40f30b2e41fbad489513"
        ),
        ("git+https://github.com/docker-library/meta@refs/heads/main", "docker-library/meta", "main", nil),
        ("/home/me/src", nil, nil, nil), ("https://host", nil, nil, nil), ("", nil, nil, nil), ("#", nil, nil, nil),
    ])
    func `where a context comes from, by its URL and without secrets`(
        url: String, project: String?, branch: String?, commit: String?
    ) {
        let origin = BuildOrigin(attributes: ["context": url])
        #expect(origin.project == project && origin.branch == branch && origin.commit == commit)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"buildType":"https://actions.github.io/x"}"#, #"{"buildType":3}"#,
        #"{"buildType":"buildkit","buildConfig":{"digestMapping":{"sha256:1":"step0"}}}"#,
        String(repeating: "[", count: 10_000),
    ])
    func `what is no provenance of BuildKit's is refused`(text: String) {
        #expect(throws: ImageModelError.self) { try Provenance.parse(Data(text.utf8)) }
    }

    @Test(
        .enabled(
            if: SharedData.at("fixtures/docker-actions-toolkit/__tests__/.fixtures") != nil, "../shared is not there"))
    func `real metadata files of build and bake`() throws {
        let folder = try #require(SharedData.at("fixtures/docker-actions-toolkit/__tests__/.fixtures"))
        let one = try BuildMetadata.parse(Data(contentsOf: folder.appending(path: "metadata-build.json")))
        #expect(one.count == 1 && one[0].target == nil)
        #expect(one[0].reference == "n6ibcp9b2pw108rrz7ywdznvo" && one[0].builder == "default")
        #expect(one[0].imageDigest?.short == "b09b9482c723")
        #expect(one[0].imageNames == [])
        #expect(one[0].provenances.map(\.dockerfile) == ["Dockerfile"] && one[0].gaps == [])
        let several = try BuildMetadata.parse(Data(contentsOf: folder.appending(path: "metadata-bake.json")))
        #expect(several.map(\.target) == ["lint", "lint-inline", "lint-other"])
        #expect(several.map(\.imageDigest?.short) == ["0c1ae53d25e7", "b91f24589694", "897b83786d8d"])
        #expect(several.map(\.provenances.count) == [1, 1, 1] && several.allSatisfy { $0.gaps == [] })
    }

    private func build(_ target: String?, image: String? = nil) -> Build {
        Build(
            contentDigest: S.digest("c"), form: .log, tool: .buildkit, target: target, result: .completed,
            imageDigest: image.map(S.digest))
    }

    @Test func `metadata is joined target by target, and what finds no build is told`() throws {
        let text = """
            {"web":{"buildx.build.ref":"b/n/r1","image.name":"docker.io/x/web:1, docker.io/x/web:2"},\
            "api":{"buildx.build.ref":"b/n/r2","containerimage.digest":"\(S.digest("m"))"},"other":{}}
            """
        let metadata = try BuildMetadata.parse(Data(text.utf8))
        let joined = BuildMetadata.joined([build("api", image: "id"), build("web")], metadata: metadata)
        #expect(joined.builds.map(\.reference) == ["r2", "r1"] && joined.builds.map(\.builder) == ["b", "b"])
        #expect(joined.builds[0].imageDigest == S.digest("m"))
        #expect(joined.builds[1].imageNames == ["docker.io/x/web:1", "docker.io/x/web:2"])
        #expect(joined.unmatched == [#"metadata of target "other" fits no build of the log"#])
    }

    @Test func `the metadata of one build belongs to the log's one build, or to the one with its image`() throws {
        let one = try BuildMetadata.parse(
            Data(#"{"buildx.build.ref":"b/n/r","containerimage.digest":"\#(S.digest("m"))"}"#.utf8))
        #expect(BuildMetadata.joined([build("stage")], metadata: one).builds.map(\.reference) == ["r"])
        let two = BuildMetadata.joined([build(nil), build(nil, image: "m")], metadata: one)
        #expect(two.builds.map(\.reference) == [nil, "r"] && two.unmatched == [])
        let none = BuildMetadata.joined([build(nil), build(nil)], metadata: one)
        #expect(none.builds.map(\.reference) == [nil, nil] && none.unmatched.count == 1)
    }

    @Test func `20,000 mutations of rawjson, provenance and metadata end with an error or a value`() throws {
        var random = SeededGenerator(seed: 42)
        let digest = S.digest("a")
        let lines = [
            #"{"vertexes":[{"digest":"\#(digest)","inputs":["\#(digest)"],"name":"[web 1/2] RUN a","started":"2024-05-15T08:46:10.1Z","completed":"2024-05-15T08:46:12Z","cached":true,"error":"x","progressGroup":{"id":"g","name":"[2/2] COPY","weak":true}}]}"#,
            #"{"vertexes":[{"digest":"\#(digest)","name":"[internal] load build definition from Dockerfile"}],"statuses":[{"id":"naming to x","vertex":"\#(digest)","current":5,"timestamp":"2024-05-15T08:46:10Z"}],"logs":[{"vertex":"\#(digest)","data":"aGVsbG8=","timestamp":"2024-05-15T08:46:10Z"}]}"#,
            "{}", "ERROR: failed to solve: x",
        ]
        var built = 0
        var refused = 0
        for round in 0..<20_000 {
            var bytes = Array(
                (round % 4 == 3 ? (Bool.random(using: &random) ? Self.old : Self.new) : lines.joined(separator: "\n"))
                    .utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1 where bytes.count > 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("{}[]\",:0\n".utf8).randomElement(using: &random) ?? 0, at: place)
                default:
                    let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
                    bytes += bytes[place..<end]
                }
            }
            if round % 4 == 3 {
                do {
                    _ = try Provenance.parse(Data(bytes))
                    built += 1
                } catch { refused += 1 }
                continue
            }
            var reader = RawJSONReader()
            for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
                _ = reader.read(LogLine(bytes: line, number: index + 1))
            }
            for found in reader.finish() {
                built += 1
                #expect(found.build.steps.allSatisfy { ($0.duration ?? 0) >= 0 && ($0.startOffset ?? 0) >= 0 })
            }
        }
        #expect(built > 5_000 && refused > 1_000, "\(built) read, \(refused) refused")
    }
}
