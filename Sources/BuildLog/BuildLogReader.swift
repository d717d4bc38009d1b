internal import Foundation

/// Reads the builds of a log of any kind: what a terminal showed, what a CI system kept, of every builder known here.
/// Bytes are given as they come. What is kept does not grow with the log, only with the steps found in it.
///
/// ```swift
/// var reader = BuildLogReader()
/// while let chunk = try next() { reader.read(chunk) }
/// let content = try reader.finish()
/// ```
package struct BuildLogReader: Sendable {
    /// A longer line is cut.
    package static let lineLimit = 1 << 20
    /// Jobs whose lines may be mixed in one log.
    private static let jobLimit = 1000
    private static let gapLimit = 100

    /// One reader for each format, in the order in which they are asked.
    static func formats() -> [any BuildFormatReader] {
        [PlainReader(), RawJSONReader(), ClassicReader(), BuildahReader(), KanikoReader()]
    }

    /// What reads the lines of one job.
    private struct Job: Sendable {
        var readers = BuildLogReader.formats()
        /// The one that took the last line; asked first.
        var last = 0

        mutating func read(_ line: LogLine) -> Bool {
            if readers[last].read(line) { return true }
            for index in readers.indices where index != last {
                if readers[index].read(line) {
                    last = index
                    return true
                }
            }
            return false
        }
    }

    private var splitter = LineSplitter(limit: lineLimit)
    private var jobs: [Job] = [Job()]
    private var jobNames: [ArraySlice<UInt8>: Int] = [:]
    private var lines = 0
    private var recordingLine: Int?
    private var gaps: [String] = []
    private var unreadGaps = LineRanges()

    package init() {}

    /// Takes the next bytes of the log.
    package mutating func read(_ chunk: ArraySlice<UInt8>) {
        // Taken out while it gives lines, so that both may change.
        var splitter = splitter
        self.splitter = LineSplitter(limit: 0)
        splitter.split(chunk) { line, isCut in take(line, isCut: isCut) }
        self.splitter = splitter
    }

    /// The log is at its end. Throws when it holds no build that could be read.
    package mutating func finish() throws(BuildLogError) -> LogContent {
        var splitter = splitter
        splitter.finish { line, isCut in take(line, isCut: isCut) }
        var found: [FoundBuild] = []
        for index in jobs.indices {
            for reader in jobs[index].readers.indices { found += jobs[index].readers[reader].finish() }
        }
        found.sort { $0.lines.lowerBound < $1.lines.lowerBound }
        if let recordingLine { note("\(BuildLogError.terminalRecording(line: recordingLine))") }
        for range in unreadGaps.ranges {
            note("\(LineRanges.text(range)): progress of a build that begins before the log or is mixed with another")
        }
        guard found.isEmpty else { return LogContent(builds: found, gaps: gaps, lines: lines) }
        if let recordingLine { throw .terminalRecording(line: recordingLine) }
        if !gaps.isEmpty { throw .unreadable(gaps: gaps) }
        throw .noBuild(lines: lines)
    }

    private mutating func note(_ gap: String) {
        if gaps.count < Self.gapLimit { gaps.append(gap) }
    }

    private mutating func take(_ raw: ArraySlice<UInt8>, isCut: Bool) {
        lines += 1
        var bytes = raw
        while bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { return }
        let prefix = LogPrefix(TerminalText.withoutEscapes(bytes)) { jobNames[$0] != nil }
        bytes = TerminalText.lastDrawn(prefix.rest)
        guard !bytes.isEmpty else { return }
        let line = LogLine(
            bytes: bytes, number: lines, time: prefix.time.map { Date(timeIntervalSince1970: Double($0) / 1e9) })
        guard let job = job(prefix.job) else { return unreadGaps.add(lines) }
        if jobs[job].read(line) {
            if isCut { note("line \(lines) is longer than \(Self.lineLimit) bytes: its end is not read") }
        } else if TerminalText.isRecording(bytes) {
            if recordingLine == nil { recordingLine = lines }
        } else if bytes.first == UInt8(ascii: "#"), let plain = PlainLine(bytes), plain.isEnding {
            unreadGaps.add(lines)
        }
    }

    /// The job of that name; nil when there are too many.
    private mutating func job(_ name: ArraySlice<UInt8>) -> Int? {
        if name.isEmpty { return 0 }
        if let job = jobNames[name] { return job }
        guard jobs.count < Self.jobLimit else { return nil }
        jobs.append(Job())
        // A copy, which does not keep the chunk that it came with.
        jobNames[Array(name)[...]] = jobs.count - 1
        return jobs.count - 1
    }
}
