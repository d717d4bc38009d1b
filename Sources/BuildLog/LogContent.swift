/// What a log holds.
package struct LogContent: Sendable, Equatable {
    /// In the order in which they start.
    package var builds: [FoundBuild]
    /// What looked like a build's and was not read, each with its lines.
    package var gaps: [String]
    /// How many lines the log has.
    package var lines: Int
}
