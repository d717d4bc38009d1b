/// The candidate that differs least from a misspelt word, if it differs little; nil when none is near.
func nearest(to word: String, among candidates: [String]) -> String? {
    let word = Array(word.lowercased().prefix(64))
    let scored = candidates.map { ($0, distance(word, Array($0.lowercased()))) }
    guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
    return best.1 <= (word.count < 4 ? 1 : max(2, word.count / 3)) ? best.0 : nil
}

/// The number of characters to change, add or drop (Levenshtein).
private func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            let cost = a == b ? diagonal : diagonal + 1
            diagonal = row[j + 1]
            row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
