import BuildLog
import BuildModel
import Database
import Foundation

/// Runs a build for the user, and records what it printed.
struct BuildWrapper {
    let command: [String]
    let options: BuildOptions
    let database: DatabaseOptions

    /// Throws ``WrappedEnd`` with the command's own status, always.
    func run() async throws {
        let start = Date()
        let clock = ContinuousClock.now
        let (status, content) = await withCheckedContinuation { continuation in
            // It blocks as long as the command runs.
            Thread.detachNewThread { [command] in
                var lines = WrappedLines()
                let status = WrappedCommand(words: command).run { lines.read($1, from: $0) }
                continuation.resume(returning: (status, lines.finish()))
            }
        }
        let duration = clock.duration(to: .now)
        do {
            try await record(try content.get(), status, start, duration)
        } catch {
            StandardError.warn("the build is not recorded: \(CommandFailure(describing: error).message)")
        }
        throw WrappedEnd(status: status)
    }

    private func record(
        _ content: LogContent, _ status: Int32, _ start: Date, _ duration: Duration
    ) async throws {
        let words = CommandWords(command)
        let environment = ProcessInfo.processInfo.environment
        var builds = BuildRecording.told(apart: content.builds.map(\.build))
        for position in builds.indices {
            if builds.count == 1 {
                // Measured here: a log tells neither, or only what it shows.
                builds[position].startedAt = builds[position].startedAt ?? start
                let (seconds, attoseconds) = duration.components
                builds[position].duration =
                    builds[position].duration ?? seconds * 1_000_000_000 + attoseconds / 1_000_000_000
            }
            if builds[position].result == .unknown {
                builds[position].result = status == 0 ? .completed : status > 128 ? .canceled : .failed
            }
            builds[position].target = builds[position].target ?? options.target ?? words.target
            builds[position].dockerfile = builds[position].dockerfile ?? options.dockerfile ?? words.dockerfile
            builds[position].builder = builds[position].builder ?? options.builder ?? words.builder
            options.complete(&builds[position], environment)
        }
        for problem in content.gaps + builds.flatMap(\.gaps) { StandardError.warn("not read: \(problem)") }
        let database = try await database.open(try database.configuration.load())
        do {
            try await BuildRecording(source: options.name, builds: builds).record(in: database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// Brings the lines of two streams into one log, in the order in which they end.
struct WrappedLines {
    private var reader = BuildLogReader()
    /// The line of each stream that has not ended.
    private var pending: [Int32: [UInt8]] = [:]
    private static let limit = 1 << 20

    mutating func read(_ bytes: ArraySlice<UInt8>, from stream: Int32) {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            pending[stream, default: []] += bytes
            // Nobody waits for the end of such a line.
            if let line = pending[stream], line.count > Self.limit {
                reader.read(line[...])
                pending[stream] = []
            }
            return
        }
        if let line = pending[stream], !line.isEmpty { reader.read(line[...]) }
        reader.read(bytes[...end])
        pending[stream] = Array(bytes[(end + 1)...])
    }

    mutating func finish() -> Result<LogContent, BuildLogError> {
        for (_, line) in pending.sorted(by: { $0.key < $1.key }) where !line.isEmpty {
            reader.read((line + [UInt8(ascii: "\n")])[...])
        }
        do { return .success(try reader.finish()) } catch { return .failure(error) }
    }
}

/// What the words of a build command say of the build.
struct CommandWords {
    private(set) var target: String?
    private(set) var dockerfile: String?
    private(set) var builder: String?

    /// Only commands whose options are known say anything.
    init(_ words: [String]) {
        let program = words.first.map { URL(filePath: $0).lastPathComponent } ?? ""
        guard ["docker", "podman", "buildah", "nerdctl"].contains(program),
            words.contains(where: { ["build", "bud"].contains($0) })
        else { return }
        func value(_ names: [String]) -> String? {
            for (place, word) in words.enumerated() {
                for name in names {
                    if word == name { return place + 1 < words.count ? words[place + 1] : nil }
                    if name.hasPrefix("--"), word.hasPrefix(name + "=") {
                        return String(word.dropFirst(name.count + 1))
                    }
                }
            }
            return nil
        }
        target = value(["--target"])
        dockerfile = value(["--file", "-f"]).flatMap { $0 == "-" ? nil : $0 }
        builder = value(["--builder"])
    }
}
