/// Numbers of lines that follow one another, joined to ranges. Kept to a limit: what comes later widens the last.
struct LineRanges: Sendable {
    private static let limit = 50
    private(set) var ranges: [ClosedRange<Int>] = []

    mutating func add(_ line: Int) {
        guard let last = ranges.last, line - last.upperBound <= 1 || ranges.count >= Self.limit else {
            return ranges.append(line...line)
        }
        ranges[ranges.count - 1] = last.lowerBound...line
    }

    static func text(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "line \(range.lowerBound)" : "lines \(range.lowerBound)–\(range.upperBound)"
    }
}
