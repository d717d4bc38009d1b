package import Figures
package import Foundation

/// Layers that were pushed again for the same instruction with other content, by week, repository and instruction.
///
/// A layer is churn when, at the moment it first is in a repository, another layer of the same instruction
/// (``instructionWords(_:)``) has been there since an earlier moment. Layers of one moment, such as those of several
/// platforms, do not make each other churn. One whose instruction is not known is none. A layer counts once in a
/// repository, with its earliest row; of several at that moment the instruction that comes first by its words counts.
///
/// In the order of weeks, repositories and instructions.
package func churn(_ layers: some Sequence<PushedLayer>) -> [Churn] {
    var first: [LayerKey: (layer: PushedLayer, words: String?)] = [:]
    for layer in layers {
        let words = layer.instruction.map(instructionWords)
        let key = LayerKey(repository: layer.repository, digest: layer.digest)
        if let known = first[key], !isEarlier((layer.firstSeen, words), (known.layer.firstSeen, known.words)) {
            continue
        }
        first[key] = (layer, words)
    }
    var begun: [InstructionKey: Date] = [:]
    for (layer, words) in first.values {
        guard let words else { continue }
        let key = InstructionKey(repository: layer.repository, words: words)
        begun[key] = min(begun[key] ?? layer.firstSeen, layer.firstSeen)
    }
    var sums: [WeekKey: Churn] = [:]
    for (layer, words) in first.values {
        guard let words, let since = begun[InstructionKey(repository: layer.repository, words: words)],
            since < layer.firstSeen
        else { continue }
        let week = isoWeek(layer.firstSeen)
        let key = WeekKey(week: week, repository: layer.repository, words: words)
        var sum =
            sums[key]
            ?? Churn(
                week: week, repository: layer.repository, instruction: words, layers: 0, bytes: 0, unknownLayers: 0)
        sum.layers += 1
        sum.bytes += layer.bytes ?? 0
        sum.unknownLayers += layer.bytes == nil ? 1 : 0
        sums[key] = sum
    }
    return sums.values.sorted {
        ($0.week, $0.repository, $0.instruction) < ($1.week, $1.repository, $1.instruction)
    }
}

/// An instruction without what differs between builders, or from one build of it to the next: the shell and the build
/// arguments before it (`|1 A=b /bin/sh -c`), `#(nop)`, `# buildkit`, and the checksums that stand for files
/// (`COPY file:4a5c… in /`). What a shell runs begins with RUN.
package func instructionWords(_ text: String) -> String {
    var rest = text.trimmingPrefix { $0.isWhitespace }
    if rest.hasSuffix("# buildkit") { rest = rest.dropLast("# buildkit".count) }
    var isRun = rest.hasPrefix("RUN ")
    if isRun { rest = rest.dropFirst(4) }
    let shells = ["/bin/sh -c ", "cmd /S /C "]
    if rest.hasPrefix("|"), let shell = shells.lazy.compactMap({ rest.firstRange(of: $0) }).first {
        rest = rest[shell.lowerBound...]
    }
    if let shell = shells.first(where: rest.hasPrefix) {
        rest = rest.dropFirst(shell.count).drop { $0.isWhitespace }
        if rest.hasPrefix("#(nop)") { rest = rest.dropFirst("#(nop)".count) } else { isRun = true }
    }
    let words = rest.replacing(/\b(file|dir|multi):[0-9a-f]{64}\b/) { String($0.output.1) }
        .trimmingCharacters(in: .whitespacesAndNewlines)
    return isRun ? "RUN \(words)" : words
}

/// The week of a moment by ISO 8601, in UTC: weeks begin on Monday, and the first has the year's first Thursday.
package func isoWeek(_ moment: Date) -> String {
    // Days since Monday, 1969-12-29.
    let day = Int((moment.timeIntervalSince1970 / 86_400).rounded(.down)) + 3
    let thursday = day - (((day % 7) + 7) % 7) + 3
    // Years of the Gregorian calendar, from days since 0000-03-01.
    let days = thursday - 3 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let ofEra = days - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let isBeforeMarch = ofYear >= 306
    let year = yearOfEra + era * 400 + (isBeforeMarch ? 1 : 0)
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let ordinal = isBeforeMarch ? ofYear - 306 : ofYear + 59 + (isLeap ? 1 : 0)
    let week = ordinal / 7 + 1
    return "\(year)-W\(week < 10 ? "0" : "")\(week)"
}

private func isEarlier(_ left: (Date, String?), _ right: (Date, String?)) -> Bool {
    if left.0 != right.0 { return left.0 < right.0 }
    guard let words = left.1 else { return false }
    return right.1.map { words < $0 } ?? true
}

private struct LayerKey: Hashable {
    var repository: String
    var digest: String
}

private struct InstructionKey: Hashable {
    var repository: String
    var words: String
}

private struct WeekKey: Hashable {
    var week: String
    var repository: String
    var words: String
}
