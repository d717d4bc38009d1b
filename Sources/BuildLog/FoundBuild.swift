package import BuildModel

/// A build, and where in the log it stands.
package struct FoundBuild: Sendable, Equatable {
    package var build: Build
    /// Lines of the log, from 1.
    package var lines: ClosedRange<Int>

    package init(build: Build, lines: ClosedRange<Int>) {
        self.build = build
        self.lines = lines
    }
}
