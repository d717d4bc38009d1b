/// A version of the Engine API, `major.minor`.
struct EngineVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Parses `1.41`; nil when the text is no version. What follows a second dot is left out.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0 else {
            return nil
        }
        self.init(major, minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

    /// The newest that we speak: the answers of later ones are not known.
    static let newest = EngineVersion(1, 56)
    /// The oldest that we speak: the first whose images tell their layers (`RootFS`).
    static let oldest = EngineVersion(1, 23)
}
