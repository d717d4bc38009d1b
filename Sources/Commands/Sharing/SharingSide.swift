import Reporting

/// One of the two sets that `sharing` compares, as the user writes it.
enum SharingSide: Equatable {
    case source(String)
    case namespace(String)
    case owner(String)
    case label(key: String, value: String)
    /// A repository, or else an image by any of its names.
    case named(String)

    /// Reads what was given. Throws ``CommandFailure`` (usage).
    init(_ text: String) throws {
        let kinds = ["source:", "namespace:", "owner:", "label:"]
        guard let kind = kinds.first(where: { text.hasPrefix($0) }) else {
            self = .named(text)
            return
        }
        let rest = String(text.dropFirst(kind.count))
        guard !rest.isEmpty else { throw CommandFailure(.usage, "\(text.debugDescription) names no group") }
        switch kind {
        case "source:": self = .source(rest)
        case "namespace:": self = .namespace(rest)
        case "owner:": self = .owner(rest)
        default:
            guard let sign = rest.firstIndex(of: "="), sign != rest.startIndex else {
                throw CommandFailure(.usage, "\(text.debugDescription) needs a value: label:KEY=VALUE")
            }
            self = .label(key: String(rest[..<sign]), value: String(rest[rest.index(after: sign)...]))
        }
    }
}
