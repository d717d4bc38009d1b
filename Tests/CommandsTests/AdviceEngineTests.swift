import Analysis
import BuildLog
import BuildModel
import Dockerfile
import Figures
import Foundation
import TestSupport
import Testing

/// The predicted saving against the measured one, on a real engine: ten builds of the file as it is, ten of the file as
/// advised, turn by turn, so that a busy machine slows both alike.
@Suite(
    .serialized, .enabled(if: DockerEngine.isAvailable, "needs root, dockerd, docker and containerd"),
    .enabled(
        if: ProcessInfo.processInfo.environment["LAYERSCOPE_THOROUGH"] == "1", "takes minutes: LAYERSCOPE_THOROUGH=1"),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/busybox"), "needs a static busybox"))
struct AdviceEngineTests {
    /// A file whose `COPY . .` comes too early, and which rewrite sets it right.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var install: String
        var rewritten: @Sendable (DockerfileReport) -> String?
        var predicted: @Sendable (DockerfileReport) -> Int64?

        var testDescription: String { name }
        var dockerfile: String {
            "FROM base:1\nWORKDIR /app\nCOPY . .\n\(install)\nRUN sh build.sh\nCMD [\"sh\"]\n"
        }
    }

    static let cases = [
        Case(
            name: "order", install: "RUN apk add --no-cache curl git", rewritten: { $0.reordered },
            predicted: { $0.orders.first?.replay.saved }),
        Case(
            name: "manifests", install: "RUN npm ci", rewritten: { $0.rewrites.first?.rewritten },
            predicted: { $0.rewrites.first?.savedAtMost }),
    ]

    /// No network is there to install from: what stands for the package managers does work of its own.
    private static func base() throws -> Data {
        var tar = TarBuilder()
        tar.add(file: "bin/busybox", try Data(contentsOf: URL(filePath: "/bin/busybox")), mode: 0o755)
        for program in ["sh", "dd", "sha256sum", "cat"] { tar.add(link: "bin/\(program)", to: "busybox") }
        for (manager, folder) in [("apk", "/lib"), ("npm", "/app")] {
            let script = "#!/bin/sh\nset -e\ndd if=/dev/zero bs=1048576 count=500 | sha256sum > \(folder)/installed\n"
            tar.add(file: "bin/\(manager)", Data(script.utf8), mode: 0o755)
        }
        tar.add(folder: "lib")
        return tar.finished()
    }

    /// Builds a folder with BuildKit; what it printed, and how long it took.
    private static func build(_ folder: URL, _ engine: DockerEngine, tag: String) async throws -> (Build, Duration) {
        let command =
            "exec /usr/bin/docker --config \"$1\" --host \"unix://$2\" build --network none --tag \"$3\" \"$4\" 2>&1"
        let clock = ContinuousClock()
        let start = clock.now
        let output = try await Program.run(
            "/bin/sh",
            [
                "-c", command, "sh", engine.folder("client").path, engine.folder("d.sock").path, tag,
                folder.path(percentEncoded: false),
            ],
            environment: ["DOCKER_BUILDKIT": "1", "DOCKER_HOST": "", "BUILDKIT_PROGRESS": "plain"])
        let time = clock.now - start
        var reader = BuildLogReader()
        reader.read(Array(output)[...])
        let content = try reader.finish()
        try #require(content.builds.count == 1)
        return (content.builds[0].build, time)
    }

    @Test(arguments: cases)
    func `what is predicted is what is measured`(of subject: Case) async throws {
        try await DockerEngine.run { engine in
            try await engine.docker(["import", "-", "base:1"], input: try Self.base())
            let folder = try ScratchFolder("advice")
            try folder.write(Data("cat main > built\n".utf8), to: "build.sh")
            try folder.write(Data("{}".utf8), to: "package.json")
            let text = subject.dockerfile
            let file = try Dockerfile(parsing: text)
            // Where the advice is to be measured it must be known: it needs no more builds than two.
            var builds: [Build] = []
            var (asItIs, asAdvised) = (Duration.zero, Duration.zero)
            var advised: String?
            for number in 0..<10 {
                try folder.write(Data("version \(number)".utf8), to: "main")
                try folder.write(Data(text.utf8), to: "Dockerfile")
                let (build, time) = try await Self.build(folder.url, engine, tag: "old:1")
                builds.append(build)
                if number > 0 { asItIs += time }
                if advised == nil, number > 0 {
                    advised = subject.rewritten(advice(for: file, text: text, ignore: nil, builds: builds))
                    // The first build of the other file, which finds nothing, is none of the ten.
                    try folder.write(Data("before".utf8), to: "main")
                    try folder.write(Data(try #require(advised).utf8), to: "Dockerfile")
                    _ = try await Self.build(folder.url, engine, tag: "new:1")
                    try folder.write(Data("version \(number)".utf8), to: "main")
                }
                guard let advised else { continue }
                try folder.write(Data(advised.utf8), to: "Dockerfile")
                asAdvised += try await Self.build(folder.url, engine, tag: "new:1").1
            }
            let report = advice(for: file, text: text, ignore: nil, builds: builds)
            #expect(subject.rewritten(report) == advised)
            let predicted = Double(try #require(subject.predicted(report))) / 1e9
            let measured = (asItIs - asAdvised) / .seconds(1)
            print("\(subject.name): predicted \(predicted) s, measured \(measured) s of \(asItIs / .seconds(1)) s")
            #expect(predicted > 3)
            #expect(abs(predicted - measured) <= 0.2 * measured)
        }
    }
}
