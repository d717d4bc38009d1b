package import Foundation

/// One line of a log, without what a CI system puts before it (time stamps, job names, sections) and without colours.
package struct LogLine: Sendable, Equatable {
    /// The bytes up to the line's end, which is not among them.
    package var bytes: ArraySlice<UInt8>
    /// From 1, in the log as it was given.
    package var number: Int
    /// When the CI system says that the line was printed.
    package var time: Date?

    package init(bytes: ArraySlice<UInt8>, number: Int, time: Date? = nil) {
        self.bytes = bytes
        self.number = number
        self.time = time
    }

    /// The line as text; bytes that are no UTF-8 are replaced.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Reads the builds of one format out of a log that may have anything else between their lines.
package protocol BuildFormatReader: Sendable {
    /// Takes the next line. False when it is none of this format, and nothing was taken from it.
    mutating func read(_ line: LogLine) -> Bool
    /// The log is at its end: all builds that were read, in the order in which they started. One that was cut off ends
    /// with ``BuildModel/BuildResult/unknown``.
    mutating func finish() -> [FoundBuild]
}
