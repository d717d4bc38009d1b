import Collectors
import Foundation
import ImageModel
import Observations
import TestSupport
import Testing

/// What is built in the engine under test: both builders, a squashed image, a commit, an import, layers of size 0 in
/// the middle, tags twice, a dangling image, intermediates.
private func fill(_ engine: DockerEngine) async throws {
    let files = ["f1": content(6, seed: 1), "f2": content(5_000, seed: 2), "f3": content(70_001, seed: 3)]
    try await engine.docker(["import", "-", "base:1"], input: layerTar(["a": 123_000, "b": 77], seed: 10))
    let app = """
        FROM base:1
        LABEL a=b
        WORKDIR /w
        COPY f1 /w/
        WORKDIR /w
        COPY f2 /w/
        ENV X=1
        VOLUME /v
        CMD ["x"]
        """
    for buildKit in [false, true] {
        let name = buildKit ? "kit" : "classic"
        try await engine.build("\(name)/app:1", app, files: files, buildKit: buildKit)
        try await engine.docker(["tag", "\(name)/app:1", "\(name)/app:latest"])
        try await engine.docker(["tag", "\(name)/app:1", "localhost:5000/team/\(name):1"])
        try await engine.build(
            "\(name)/multi:1",
            """
            FROM base:1 AS build
            COPY f3 /big
            FROM scratch
            COPY --from=build /big /big
            COPY f1 /
            """, files: files, buildKit: buildKit)
        // The same tag again: the first image of that name dangles.
        for version in ["one", "two"] {
            try await engine.build(
                "\(name)/moved:1", "FROM \(name)/app:1\nCOPY f1 /\(version)\nCOPY f3 /\(version)3", files: files,
                buildKit: buildKit)
        }
    }
    try await engine.build(
        "squashed:1", "FROM classic/app:1\nCOPY f3 /s1\nWORKDIR /new\nCOPY f2 /s2", files: files, buildKit: false,
        options: ["--squash"])
    let container = try await engine.docker(["create", "--name", "used", "--network", "host", "kit/app:1", "/none"])
    try await engine.docker(["cp", "-", "\(container):/"], input: layerTar(["committed": 4_321], seed: 30))
    try await engine.docker(["commit", container, "committed:1"])
    try await engine.docker(["create", "--name", "other", "--network", "host", "base:1", "/none"])
}

@Suite(.serialized, .enabled(if: DockerEngine.isAvailable, "needs root, dockerd, containerd and docker"))
struct EngineDockerTests {
    @Test func `every figure equals Docker's own of the same moment`() async throws {
        try await DockerEngine.run { engine in
            try await fill(engine)
            let (seen, result) = try await CollectorConformance {
                EngineCollector(engine.endpoint, name: "docker")
            }.check()
            let usage = try await ask(DockerUsage.self, socket: engine.folder("d.sock"), "/v1.41/system/df")
            let figures = EngineFigures(seen)
            #expect(result.isComplete)
            #expect(result.source.product.hasPrefix("Docker Engine "))
            #expect(result.source.product.hasSuffix("(\(engine.driver))"))

            let listed = Set(try usage.images.map { try Digest($0.id) })
            let held = Set(seen.holdings.map(\.item))
            #expect(held == listed, "what is held is what Docker counts")
            #expect(usage.images.count == 13)
            for row in usage.images {
                let image = try Digest(row.id)
                #expect(figures.size(image) == row.size, "SIZE of \(image.short)")
                // Engines before 23 count sharing among the images they list, later ones among intermediates too.
                #expect(figures.shared(image, among: listed) == row.sharedSize, "SHARED SIZE of \(image.short)")
                #expect(
                    figures.size(image) - figures.shared(image, among: listed) == row.size - row.sharedSize,
                    "UNIQUE SIZE of \(image.short)")
                #expect(seen.containers.count { $0.item == image } == row.containers)
            }
            #expect(figures.total(held) == usage.layersSize)
            #expect(
                seen.reportedFigures.first { $0.name == "layers_bytes" }
                    == ReportedFigure(name: "layers_bytes", bytes: usage.layersSize))
            try checkLayers(figures, of: engine)
        }
    }

    /// Each layer against the engine's own note on disk.
    private func checkLayers(_ figures: EngineFigures, of engine: DockerEngine) throws {
        #expect(figures.layerBytes.count > 15)
        #expect(figures.layerBytes.values.contains(0), "layers of size 0 are among them")
        for (chainID, bytes) in figures.layerBytes {
            let note = engine.folder("data/image/\(engine.driver)/layerdb/sha256/\(chainID.hex)/size")
            let text = try String(contentsOf: note, encoding: .utf8)
            #expect(bytes == Int64(text), "layer \(chainID.short)")
        }
    }

    @Test func `names, dangling images, intermediates and containers are told apart`() async throws {
        try await DockerEngine.run { engine in
            try await fill(engine)
            let seen = RecordingSink()
            let result = try await EngineCollector(engine.endpoint).collect(.test(seen))
            func image(_ name: String) async throws -> Digest {
                try Digest(try await engine.docker(["inspect", "--format", "{{.Id}}", name]))
            }
            let app = try await image("classic/app:1")
            #expect(
                Set(seen.references.filter { $0.item == app }.map { "\($0.repository) \($0.name)" })
                    == ["classic/app 1", "classic/app latest", "localhost:5000/team/classic 1"])
            #expect(seen.repositories.map(\.name).contains("localhost:5000/team/classic"))

            let dangling = Set(
                try await engine.docker(["images", "--quiet", "--no-trunc", "--filter", "dangling=true"])
                    .split(separator: "\n").map { try Digest($0) })
            // Two whose tag moved on, the first stage of the classic multi-stage build, the image before squashing.
            #expect(dangling.count == 4)
            #expect(Set(seen.holdings.filter { $0.repository == "<none>" }.map(\.item)) == dangling)

            let all = Set(
                try await engine.docker(["images", "--all", "--quiet", "--no-trunc"])
                    .split(separator: "\n").map { try Digest($0) })
            #expect(Set(seen.items.map(\.digest)) == all)
            let intermediate = Set(seen.items.filter(\.isIntermediate).map(\.digest))
            #expect(intermediate == all.subtracting(Set(seen.holdings.map(\.item))))
            #expect(intermediate.count > 10)

            #expect(Set(seen.containers.map(\.name)) == ["used", "other"])
            let used = try #require(seen.containers.first { $0.name == "used" })
            #expect(used.item == (try await image("kit/app:1")))
            #expect(used.state == "created")
            #expect(used.writableBytes == 4_321)
            #expect(seen.cacheRecords.contains { $0.recordType == "source.local" && $0.bytes ?? 0 > 70_000 })
            #expect(seen.cacheRecords.contains { !$0.parents.isEmpty })
            #expect(result.aspects.first { $0.aspect == Aspect.buildCache }?.outcome == .complete)

            let item = try #require(seen.item(app))
            #expect(item.platform?.os == "linux")
            #expect(item.labels == ["a": "b"])
            let configuration = try DocumentParser.configuration(Data(try #require(item.configuration).utf8))
            #expect(configuration.config?.cmd == ["x"])
        }
    }

    @Test func `the instruction of every layer is the one that the engine keeps`() async throws {
        try await DockerEngine.run { engine in
            try await fill(engine)
            let seen = RecordingSink()
            _ = try await EngineCollector(engine.endpoint).collect(.test(seen))
            for item in seen.items {
                let file = engine.folder("data/image/\(engine.driver)/imagedb/content/sha256/\(item.digest.hex)")
                let kept = try DocumentParser.configuration(try Data(contentsOf: file))
                let told = try DocumentParser.configuration(Data(try #require(item.configuration).utf8))
                #expect(told.layerInstructions == kept.layerInstructions, "configuration of \(item.digest.short)")
                #expect(item.objects.map(\.instruction) == kept.layerInstructions, "layers of \(item.digest.short)")
            }
            // The second WORKDIR finds its folder: the classic builder then makes no layer, BuildKit one of size 0.
            let expected = [
                ("classic/app:1", ["", "WORKDIR /w", "COPY", "COPY"]),
                ("kit/app:1", ["", "WORKDIR /w", "COPY", "WORKDIR /w", "COPY"]),
            ]
            for (name, words) in expected {
                let id = try Digest(try await engine.docker(["inspect", "--format", "{{.Id}}", name]))
                let instructions = try #require(seen.item(id)).objects.map { $0.instruction ?? "" }
                #expect(instructions.count == words.count)
                #expect(instructions.first == "", "an import has no instruction")
                for (instruction, word) in zip(instructions, words).dropFirst() {
                    #expect(instruction.contains(word), "\(name): \(instruction)")
                }
            }
        }
    }

    @Test func `images loaded from an archive have known layers, or none that is guessed`() async throws {
        try await DockerEngine.run { engine in
            let files = ["f1": content(6, seed: 1), "f2": content(5_000, seed: 2)]
            try await engine.docker(["import", "-", "base:1"], input: layerTar(["a": 10_000], seed: 10))
            // One WORKDIR makes the folder, one finds it: only the configuration says which of them is a layer.
            try await engine.build(
                "app:1", "FROM base:1\nWORKDIR /w\nCOPY f1 /w/\nWORKDIR /w\nCOPY f2 /w/", files: files, buildKit: false)
            try await engine.docker(["save", "--output", engine.folder("app.tar").path, "app:1"])
            try await engine.docker(["rmi", "app:1", "base:1"])
            try await engine.docker(["load", "--input", engine.folder("app.tar").path])

            let near = RecordingSink()
            let local = try await EngineCollector(engine.endpoint).collect(.test(near))
            #expect(local.isComplete)
            #expect(near.items.first?.objects.map(\.bytes) == [10_000, 0, 6, 5_000])

            // From another machine the configuration cannot be read.
            let bridge = try FakeSSH(socket: engine.folder("d.sock").path, relay: "/usr/bin/docker --host")
            let far = RecordingSink()
            let remote = try await EngineCollector(bridge.endpoint).collect(.test(far))
            let layers = try #require(remote.aspects.first { $0.aspect == "layers" })
            #expect(layers.outcome == .incomplete)
            #expect(layers.seen == 2 && layers.expected == 4)
            #expect(far.items.first?.objects.map(\.bytes) == [10_000, nil, nil, 5_000])
        }
    }
}
