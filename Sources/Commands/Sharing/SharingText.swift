import Figures
import Reporting

extension Sharing {
    /// The sums as totals of a listing.
    var totals: [String: Value] {
        [
            "shared_bytes": .integer(both.bytes), "only_first_bytes": .integer(onlyFirst.bytes),
            "only_second_bytes": .integer(onlySecond.bytes), "shared_objects": .integer(both.objects),
            "only_first_objects": .integer(onlyFirst.objects), "only_second_objects": .integer(onlySecond.objects),
            "unknown_objects": .integer(both.unknownObjects + onlyFirst.unknownObjects + onlySecond.unknownObjects),
        ]
    }

    /// The sums for people, one a line.
    func summary(_ first: String, _ second: String, units: ByteUnits) -> String {
        let lines = [
            ("in both", both), ("only in \(first)", onlyFirst), ("only in \(second)", onlySecond),
        ].map { (TerminalText.harmless($0.0), $0.1) }
        let width = lines.map { TerminalText.width($0.0) }.max() ?? 0
        return lines.map { name, part in
            let gap = String(repeating: " ", count: width - TerminalText.width(name))
            let objects = part.objects == 1 ? "1 object" : "\(part.objects) objects"
            let unknown = part.unknownObjects > 0 ? ", \(part.unknownObjects) of unknown size" : ""
            return "\(name)\(gap)   \(ByteFormat.human(part.bytes, units: units)) in \(objects)\(unknown)\n"
        }.joined()
    }
}
