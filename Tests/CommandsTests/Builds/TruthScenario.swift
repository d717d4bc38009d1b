import BuildLog
import BuildModel
import Foundation
import TestSupport

/// What is built, again and again, and what a cache must do then.
struct TruthScenario: Sendable {
    var f1 = "1\n"
    var f2 = "2\n"
    /// What the first RUN does besides.
    var command = ""
    var base = "a\n"

    /// One stage: a file and what is made of it, another file and what is made of that.
    func single(from base: String) -> String {
        """
        FROM \(base)
        ENV A=b
        COPY f1 /f1
        RUN read x < /f1; echo "$x\(command)" > /g1
        COPY f2 /f2
        RUN read x < /f2; echo "$x" > /g2
        """
    }

    /// A stage that makes a file, and one that takes it.
    func multi(from base: String) -> String {
        """
        FROM \(base) AS make
        COPY f1 /f1
        RUN read x < /f1; echo "$x\(command)" > /g1
        FROM \(base)
        COPY f2 /f2
        COPY --from=make /g1 /g1
        CMD ["sh"]
        """
    }

    /// A base image with a static shell, which nothing has to be fetched for.
    static func base(_ content: String) throws -> Data {
        let shell = try Data(contentsOf: URL(fileURLWithPath: busybox))
        var tar = TarBuilder()
        tar.add(folder: "bin")
        tar.add(file: "bin/sh", shell, mode: 0o755)
        tar.add(folder: "tmp")
        tar.add(folder: "proc")
        tar.add(folder: "dev")
        tar.add(folder: "sys")
        tar.add(folder: "etc")
        tar.add(file: "release", Data(content.utf8))
        return tar.finished()
    }

    static let busybox = "/bin/busybox"

    /// The changes, in the order in which they are made.
    enum Change: String, CaseIterable {
        case first
        case nothing
        case file
        case instruction
        case baseMoved
        case pruned
    }

    /// Builds after each change, on a builder of its own, and returns what the logs tell.
    func builds(
        _ builder: some TruthBuilder, _ dockerfile: (TruthScenario) -> String
    ) async throws -> [(Change, Build)] {
        var state = self
        var found: [(Change, Build)] = []
        for change in Change.allCases {
            switch change {
            case .first: try await builder.makeBase(Self.base(state.base))
            case .nothing: break
            case .file: state.f2 = "two\n"
            case .instruction: state.command = "!"
            case .baseMoved:
                state.base = "b\n"
                try await builder.makeBase(Self.base(state.base))
            case .pruned: try await builder.prune()
            }
            let context = try ScratchFolder("context")
            try context.write(Data(dockerfile(state).utf8), to: "Dockerfile")
            try context.write(Data(state.f1.utf8), to: "f1")
            try context.write(Data(state.f2.utf8), to: "f2")
            let log = try await builder.build(context.url)
            var reader = BuildLogReader()
            reader.read(Array(log.utf8)[...])
            let content = try reader.finish()
            guard content.builds.count == 1 else { throw Unexpected(change: change, builds: content.builds.count) }
            found.append((change, content.builds[0].build))
        }
        return found
    }

    struct Unexpected: Error {
        var change: Change
        var builds: Int
    }
}
