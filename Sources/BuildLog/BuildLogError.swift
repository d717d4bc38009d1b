/// Why a log gave no builds.
package enum BuildLogError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing in it looked like a build. `lines` were looked at.
    case noBuild(lines: Int)
    /// It records a terminal, which shows names cut to its width and drops steps that do not fit its height.
    case terminalRecording(line: Int)
    /// Lines looked like a build's, and none could be read; `gaps` say where and why.
    case unreadable(gaps: [String])

    package var description: String {
        switch self {
        case .noBuild(let lines):
            """
            no build in \(lines) lines; looked for BuildKit progress (plain or rawjson), the classic builder's \
            "Step 1/2 :", buildah's and podman's "STEP 1/2:" and kaniko's "Checking for cached layer"
            """
        case .terminalRecording(let line):
            """
            line \(line) is a recording of a terminal, which cuts names and drops steps; build again with \
            --progress=plain or --progress=rawjson, or set BUILDKIT_PROGRESS=plain
            """
        case .unreadable(let gaps):
            "no build could be read: \(gaps.joined(separator: "; "))"
        }
    }
}
