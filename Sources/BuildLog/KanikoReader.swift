import BuildModel
import Foundation
import ImageModel

/// Reads builds of kaniko (`pkg/executor/{build,push}.go`, `pkg/commands/run.go`).
///
/// With `--cache`, a stage begins with a look at all its steps: `Using caching version of cmd: RUN x` for each hit,
/// until `No cached layer found for cmd RUN x`, after which nothing is looked up any more. Then each instruction is
/// named as it is executed, those that hit too. RUN looks up the cache, COPY only with `--cache-copy-layers`, others
/// never do. Without `--cache` nothing tells of a cache.
package struct KanikoReader: BuildFormatReader {
    private var found: [FoundBuild] = []
    private var seen: [Digest: Int] = [:]
    private var current: KanikoBuild?

    package init() {}

    package mutating func read(_ line: LogLine) -> Bool {
        guard let entry = LogrusLine(line) else {
            return line.bytes.first == UInt8(ascii: "e") ? current?.readFailure(line) ?? false : false
        }
        let begins = Self.beginnings.contains { entry.message.hasPrefix($0) }
        if let build = current, build.isOver(before: entry, begins: begins) {
            if !begins { return false }
            close()
        }
        if current == nil {
            guard begins else { return false }
            current = KanikoBuild(entry, at: line)
        } else {
            current?.take(entry, line)
        }
        current?.read(entry, line)
        return true
    }

    /// What kaniko says before a build's first stage.
    private static let beginnings = [
        "Using dockerignore file: ", "Resolved base name ", "Retrieving image manifest ", "Downloading base image ",
        "Built cross stage deps: ", "Executing 0 build triggers",
    ]

    private mutating func close() {
        // What only looks like the beginning of a build is none.
        if let build = current, build.hasStages { found.append(build.closed().found(among: &seen)) }
        current = nil
    }

    package mutating func finish() -> [FoundBuild] {
        close()
        defer { self = KanikoReader() }
        return found
    }
}
