import BuildModel
import Foundation
import ImageModel

/// A build of a builder that prints each step as it comes to it (all but BuildKit), while it is being read.
struct StepwiseBuild: Sendable {
    private(set) var steps: [BuildStep] = []
    var target: String?
    var result: BuildResult = .unknown
    /// As it was printed; cut when the build is handed out.
    var error: String?
    var imageDigest: Digest?
    var imageNames: [String] = []
    var usesCache = true
    var gaps: [String] = []
    /// The last line that was taken.
    private(set) var lastLine: Int

    private let tool: BuildTool
    private let firstLine: Int
    private let hash = ContentHash()
    /// Whether the times are those of a clock, not counted from the builder's start.
    var hasClock: Bool
    private var firstTime: Date?
    private var lastTime: Date?
    private var spans: [(start: Date?, end: Date?, isPrinted: Bool)] = []

    init(_ tool: BuildTool, at line: LogLine, time: Date? = nil) {
        self.tool = tool
        firstLine = line.number
        lastLine = line.number
        hasClock = line.time != nil
        take(line, at: time)
    }

    /// Counts a line as the build's own.
    ///
    /// - Parameter time: what the builder says, which counts only where the CI system says nothing.
    mutating func take(_ line: LogLine, at time: Date? = nil) {
        hash.add(line.bytes)
        lastLine = max(lastLine, line.number)
        firstTime = firstTime ?? line.time ?? time
        lastTime = line.time ?? time ?? lastTime
    }

    /// Begins a step, and returns its index. Its number is its place.
    ///
    /// - Parameter isPrinted: whether it counts among the steps as printed.
    mutating func begin(_ step: BuildStep, at time: Date?, isPrinted: Bool = true) -> Int {
        var step = step
        step.number = steps.count + 1
        steps.append(step)
        spans.append((time, nil, isPrinted))
        return steps.count - 1
    }

    /// Ends a step. The first end counts.
    mutating func end(_ step: Int, _ outcome: StepOutcome, at time: Date?) {
        steps[step].outcome = outcome
        spans[step].end = spans[step].end ?? time
    }

    /// Says better what became of a step.
    mutating func setOutcome(_ outcome: StepOutcome, of step: Int) { steps[step].outcome = outcome }

    /// Says why a step, and with it the build, failed.
    mutating func fail(_ step: Int?, _ message: String, at time: Date?) {
        result = .failed
        error = message
        guard let step else { return }
        end(step, .failed, at: time)
        steps[step].error = Self.shortened(message)
    }

    /// A failure that was none, as the step went on after it.
    mutating func unfail(_ step: Int?) {
        result = .unknown
        error = nil
        guard let step else { return }
        steps[step].error = nil
        steps[step].outcome = .canceled
        spans[step].end = nil
    }

    /// The build as it was read.
    ///
    /// - Parameter seen: the builds of this log so far. A build that is cached as a whole is printed the same each
    ///   time; which repetition it is goes into its digest, so that each of them counts.
    func found(among seen: inout [Digest: Int]) -> FoundBuild {
        let digest = hash.finish()
        let repetition = seen[digest, default: 0]
        seen[digest] = repetition + 1
        let contentDigest = repetition == 0 ? digest : Digest.of(Array("\(digest) \(repetition)".utf8))
        var steps = steps
        for index in steps.indices {
            let span = spans[index]
            steps[index].startOffset = Self.nanoseconds(from: firstTime, to: span.start)
            steps[index].duration = Self.nanoseconds(from: span.start, to: span.end)
        }
        let printed = zip(steps, spans).filter(\.1.isPrinted).map(\.0)
        return FoundBuild(
            build: Build(
                contentDigest: contentDigest, form: .log, tool: tool, target: target,
                startedAt: hasClock ? firstTime : nil,
                duration: result == .unknown ? nil : Self.nanoseconds(from: firstTime, to: lastTime), result: result,
                error: error.map(Self.shortened), imageDigest: imageDigest, imageNames: imageNames,
                vertices: printed.count, cachedVertices: printed.count { $0.outcome == .hit }, usesCache: usesCache,
                steps: steps, gaps: gaps),
            lines: firstLine...lastLine)
    }

    private static func shortened(_ message: String) -> String { String(message.prefix(500)) }

    /// To the microsecond, which is what a `Date` can tell.
    private static func nanoseconds(from start: Date?, to end: Date?) -> Int64? {
        guard let start, let end, end >= start else { return nil }
        let seconds = end.timeIntervalSince(start)
        return seconds < 1e9 ? Int64((seconds * 1e6).rounded()) * 1_000 : nil
    }
}

/// A stage of such a build: the builder looks up its steps one after the other until the first miss.
struct StepwiseStage: Sendable {
    var name: String?
    var hasMissed = false

    init(name: String?) { self.name = name }

    /// What became of a step that ran.
    mutating func ran() -> StepOutcome {
        defer { hasMissed = true }
        return hasMissed ? .notProbed : .miss
    }

    /// The name that `FROM image AS name` gives; else `stage-N`.
    static func name(from text: String, index: Int?) -> String? {
        let words = text.split(separator: " ")
        if words.count >= 4, words[words.count - 2].lowercased() == "as" { return words[words.count - 1].lowercased() }
        return index.map { "stage-\($0)" }
    }
}

extension LogLine {
    /// The text when the line starts with a word, without it and without white space at the end.
    func text(after prefix: StaticString) -> Substring? {
        let matches = prefix.withUTF8Buffer { bytes.starts(with: $0) }
        guard matches else { return nil }
        let rest = String(decoding: bytes.dropFirst(prefix.utf8CodeUnitCount), as: UTF8.self)
        return Substring(rest).trimmedEnd
    }
}

extension Substring {
    var trimmedEnd: Substring {
        var text = self
        while let last = text.unicodeScalars.last, last == " " || last == "\r" || last == "\t" {
            text.unicodeScalars.removeLast()
        }
        return text
    }

    /// Whether it is lower-case hexadecimal of one of these lengths.
    func isHex(_ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(utf8.count) && utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

/// The keyword of an instruction: its first word, in capitals.
func keyword(of instruction: some StringProtocol) -> String {
    instruction.prefix { $0 != " " && $0 != "\t" }.uppercased()
}
