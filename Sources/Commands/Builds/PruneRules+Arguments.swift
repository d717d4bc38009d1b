import ArgumentParser
import Figures

extension PruneRules {
    /// The rules that a command line states. Throws `ValidationError` for what is no filter.
    init(isAll: Bool, filters: [String], keepStorage: String?) throws {
        self.init(isAll: isAll)
        if let keepStorage {
            guard let bytes = FilterValue.bytes(keepStorage), bytes >= 0 else {
                throw ValidationError("--keep-storage: \(keepStorage.debugDescription) is not a size such as 10GB")
            }
            keepBytes = bytes
        }
        for filter in filters { try add(filter) }
    }

    private mutating func add(_ filter: String) throws {
        let parts = filter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        switch parts[0] {
        case "until", "unused-for":
            guard unusedFor == nil, let age = FilterValue.duration(value) else {
                throw ValidationError("--prune-filter \(filter): needs one age such as 24h or 1h30m")
            }
            unusedFor = age
        case "type":
            guard type == nil, !value.isEmpty else { throw ValidationError("--prune-filter \(filter): needs one type") }
            type = value
        case "id":
            guard id == nil, (try? Regex(value)) != nil, !value.isEmpty else {
                throw ValidationError("--prune-filter \(filter): needs one regular expression")
            }
            id = value
        case "shared", "private":
            guard isShared == nil, let flag = parts.count > 1 ? FilterValue.flag(value) : true else {
                throw ValidationError("--prune-filter \(filter): needs true or false, and one of shared and private")
            }
            isShared = parts[0] == "shared" ? flag : !flag
        default:
            throw ValidationError(
                "--prune-filter: there is no filter \(parts[0].debugDescription) (filters: until, unused-for, type, id, "
                    + "shared, private)")
        }
    }
}

extension FilterValue {
    /// Seconds of one or several ages: `24h`, `1h30m`; nil for anything else.
    static func duration(_ text: String) -> Double? {
        var (sum, number): (Double, String) = (0, "")
        for character in text {
            number.append(character)
            guard character.isLetter else { continue }
            guard let part = age(number) else { return nil }
            (sum, number) = (sum + part, "")
        }
        return number.isEmpty && !text.isEmpty ? sum : nil
    }
}
