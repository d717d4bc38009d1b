import BuildModel
import Foundation
import ImageModel

/// Reads BuildKit's progress as JSON (`--progress=rawjson`), one message a line, also amid the other lines of a CI
/// log. Memory grows with the vertices of the builds, not with the log.
package struct RawJSONReader: BuildFormatReader {
    /// The keys that a message can begin with, in the order in which Go writes them.
    private static let keys = ["vertexes", "statuses", "logs", "warnings"].map { Array("\"\($0)\":".utf8) }
    /// The client's last words on a build.
    private static let failures = ["failed to solve", "failed to build", "target "]
    /// Vertices of all builds of one log together.
    private static let vertexLimit = 1_000_000

    private var open: OpenBuild?
    private var found: [FoundBuild] = []
    private var vertexCount = 0

    /// A build of which more may come.
    fileprivate struct OpenBuild: Sendable {
        var history = SolveHistory()
        let hash = ContentHash()
        var firstLine: Int
        var lastLine: Int
        var failure: String?
        var gaps: [String] = []
        /// Other lines came after the last message.
        var isInterrupted = false
        /// Something beyond the preparations is done.
        var hasWorked = false
    }

    package init() {}

    package mutating func read(_ line: LogLine) -> Bool {
        guard Self.isMessage(line.bytes) else { return readBetween(line) }
        if line.bytes.count == 2 && open == nil { return false }
        let status: SolveStatus
        do {
            status = try SolveStatus(json: Data(line.bytes))
        } catch {
            guard open != nil else { return false }
            open?.note("line \(line.number): \(error)")
            open?.lastLine = line.number
            return true
        }
        if let open, Self.begins(status, after: open) { close() }
        // A build begins with its vertices; without one, the lines are the end of something that was cut off.
        guard open != nil || !status.vertices.isEmpty else { return false }
        var build = open ?? OpenBuild(firstLine: line.number, lastLine: line.number)
        build.lastLine = line.number
        build.isInterrupted = false
        build.hash.add(line.bytes)
        let before = build.history.vertexCount
        do {
            guard vertexCount <= Self.vertexLimit else {
                throw SolveError(.limit, "the log has more than \(Self.vertexLimit) vertices")
            }
            try build.history.add(status)
        } catch {
            build.note("line \(line.number): \(error)")
        }
        vertexCount += build.history.vertexCount - before
        build.hasWorked =
            build.hasWorked
            || status.vertices.contains { $0.completed != nil && Self.isWork(StepName.parse($0.name).kind) }
        open = build
        return true
    }

    package mutating func finish() -> [FoundBuild] {
        close()
        return found
    }

    /// Whether a line can only be a message: `{}`, or an object that begins with one of its keys.
    private static func isMessage(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "{"), line.count >= 2 else { return false }
        if line.count == 2 { return line.last == UInt8(ascii: "}") }
        return keys.contains { line.dropFirst().starts(with: $0) }
    }

    private static func isWork(_ kind: StepKind) -> Bool {
        switch kind {
        case .instruction, .from, .export, .cacheExport: true
        case .context, .internal, .auth, .cacheImport, .other: false
        }
    }

    /// Whether a message is the first of another build: it loads a build definition while nothing of the open build is
    /// at work, and that build is past its preparations or other lines came between. Targets of one `bake` that wait
    /// for each other are one stream.
    private static func begins(_ status: SolveStatus, after open: OpenBuild) -> Bool {
        if open.failure != nil { return !status.vertices.isEmpty }
        guard open.hasWorked || open.isInterrupted else { return false }
        let isFirst = status.vertices.contains { vertex in
            let name = StepName.parse(vertex.name)
            guard name.kind == .internal, name.text.hasPrefix("load build definition") else { return false }
            return name.target == nil || open.isInterrupted
        }
        return isFirst && !open.history.hasOpenVertex
    }

    private mutating func readBetween(_ line: LogLine) -> Bool {
        guard open != nil else { return false }
        open?.isInterrupted = true
        guard line.bytes.starts(with: "ERROR: ".utf8) || line.bytes.starts(with: "error: ".utf8) else { return false }
        let text = line.bytes.dropFirst("ERROR: ".utf8.count)
        guard open?.failure == nil, Self.failures.contains(where: { text.starts(with: $0.utf8) }) else { return false }
        open?.failure = String(decoding: text.prefix(4_000), as: UTF8.self)
        open?.hash.add(line.bytes)
        open?.lastLine = line.number
        return true
    }

    private mutating func close() {
        guard let build = open else { return }
        open = nil
        let ending = build.failure.map { Self.ending($0) }
        for var one in build.history.builds(form: .rawjson, content: build.hash.finish(), ending: ending) {
            // Of several targets the client says which one failed; the progress of that one may not show it.
            if let ending, let target = one.target, one.result == .unknown,
                build.failure?.hasPrefix("target \(target): ") == true
            {
                (one.result, one.error) = (ending.result, ending.error.map { String($0.prefix(500)) })
            }
            one.gaps = build.gaps
            found.append(FoundBuild(build: one, lines: build.firstLine...build.lastLine))
        }
    }

    private static func ending(_ failure: String) -> SolveEnding {
        SolveEnding(result: SolveHistory.isCanceled(failure) ? .canceled : .failed, error: failure)
    }
}

extension RawJSONReader.OpenBuild {
    private static let gapLimit = 100

    mutating func note(_ gap: String) {
        if gaps.count < Self.gapLimit { gaps.append(gap) }
    }
}
