import BuildLog
import BuildModel
import Foundation

/// The builds that a reader finds in a text.
func builds(_ text: String, by reader: some BuildFormatReader, seconds: [Int: Double] = [:]) -> [FoundBuild] {
    var reader = reader
    for (index, raw) in Array(text.utf8).split(separator: 10, omittingEmptySubsequences: false).enumerated() {
        var line = raw
        while line.last == 13 { line.removeLast() }
        let time = seconds[index + 1].map { Date(timeIntervalSince1970: 1_700_000_000 + $0) }
        _ = reader.read(LogLine(bytes: line, number: index + 1, time: time))
    }
    return reader.finish()
}

extension Build {
    /// A letter a step: hit, miss, not probed, completed, failed, canceled (`x`), skipped.
    var letters: String {
        steps.map { step in
            switch step.outcome {
            case .hit: "h"
            case .miss: "m"
            case .notProbed: "n"
            case .completed: "c"
            case .failed: "f"
            case .canceled: "x"
            case .skipped: "s"
            }
        }.joined()
    }
}
