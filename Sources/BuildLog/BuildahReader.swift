import BuildModel
import Foundation
import ImageModel

/// Reads builds of buildah, and of podman, which builds with it (buildah `imagebuildah/{executor,stage_executor}.go`).
///
/// A step is `[1/2] STEP 2/5: RUN x`, with the stage before it when there is more than one, and the platform before
/// that when several are built. With layers each step ends with `--> <image>`, and a hit says `--> Using cache <image>`
/// before that. After the first miss of a stage nothing is looked up any more. Without layers nothing is looked up, and
/// only the end says `--> <image>`. These marks do not say whose they are: when stages are built at the same time
/// (`--jobs`), they are given to the steps that they fit.
package struct BuildahReader: BuildFormatReader {
    private var found: [FoundBuild] = []
    private var seen: [Digest: Int] = [:]
    private var current: BuildahBuild?

    package init() {}

    package mutating func read(_ line: LogLine) -> Bool {
        guard let first = line.bytes.first else { return false }
        switch first {
        case UInt8(ascii: "S"), UInt8(ascii: "["):
            if let header = BuildahHeader(line) { return read(header, line) }
            return current?.readEnd(line) ?? false
        case UInt8(ascii: "-"), UInt8(ascii: "E"), UInt8(ascii: "e"), UInt8(ascii: "C"), UInt8(ascii: "G"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"):
            return current?.readMark(line) ?? false
        default:
            return false
        }
    }

    private mutating func read(_ header: BuildahHeader, _ line: LogLine) -> Bool {
        if let taken = current?.read(header, line) {
            if taken { return true }
            // A step that is not next is output of RUN; a first step begins another build.
            guard header.number == 1, !(current?.isAwaiting(header) ?? false) else { return false }
        }
        guard header.number == 1, keyword(of: header.text) == "FROM" else { return false }
        close()
        var build = BuildahBuild(header, at: line)
        _ = build.read(header, line, isFirst: true)
        current = build
        return true
    }

    private mutating func close() {
        if let build = current { found.append(build.closed().found(among: &seen)) }
        current = nil
    }

    package mutating func finish() -> [FoundBuild] {
        close()
        defer { self = BuildahReader() }
        return found
    }
}

/// `[linux/arm64] [1/2] STEP 2/5: RUN x`; before buildah 1.20 without a total. COMMIT has no number.
struct BuildahHeader {
    /// Which stage for which platform.
    struct Stage: Hashable {
        var platform: String?
        var number = 1
        var count = 1
    }

    var stage = Stage()
    /// 0 for COMMIT.
    var number = 0
    var total: Int?
    var text = ""

    init?(_ line: LogLine) {
        guard line.bytes.starts(with: "STEP ".utf8) || Self.mayBegin(line.bytes) else { return nil }
        var rest = Substring(line.text).trimmedEnd
        while rest.hasPrefix("["), let end = rest.range(of: "] ") {
            let inside = rest[rest.index(after: rest.startIndex)..<end.lowerBound]
            guard inside.contains("/"), !inside.contains(" ") else { return nil }
            if let numbers = Self.pair(inside) {
                guard numbers.total > 1, numbers.number <= numbers.total else { return nil }
                stage.number = numbers.number
                stage.count = numbers.total
            } else {
                guard stage.platform == nil, stage.count == 1 else { return nil }
                stage.platform = String(inside)
            }
            rest = rest[end.upperBound...]
        }
        if rest == "COMMIT" || rest.hasPrefix("COMMIT ") {
            text = String(rest.dropFirst(7))
            return
        }
        guard rest.hasPrefix("STEP "), let colon = rest.range(of: ": ") else { return nil }
        let numbers = rest[rest.index(rest.startIndex, offsetBy: 5)..<colon.lowerBound]
        text = String(rest[colon.upperBound...])
        if let pair = Self.pair(numbers) {
            guard pair.number <= pair.total else { return nil }
            (number, total) = (pair.number, pair.total)
        } else {
            number = Int(numbers) ?? 0
        }
        guard number > 0, !text.isEmpty else { return nil }
    }

    /// Whether a bracket is followed by another, STEP or COMMIT. Many tools print brackets, so this is told from bytes.
    private static func mayBegin(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "["), let end = line.find(UInt8(ascii: "]")), end + 2 < line.endIndex else {
            return false
        }
        return [UInt8(ascii: "["), UInt8(ascii: "S"), UInt8(ascii: "C")].contains(line[end + 2])
    }

    private static func pair(_ text: Substring) -> (number: Int, total: Int)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let total = Int(parts[1]), number > 0, total > 0 else {
            return nil
        }
        return (number, total)
    }
}
