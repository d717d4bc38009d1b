package import Figures

/// A JSON value whose objects keep the order of their members and whose integers stay exact.
package indirect enum JSONValue: Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int64)
    case real(Double)
    case text(String)
    case list([JSONValue])
    case object([Member])

    /// A name and its value.
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a table's cell. A time becomes text by RFC 3339; a ratio that is no number becomes null.
    package init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .text(let text): self = .text(text)
        case .integer(let number): self = .integer(number)
        case .real(let number): self = number.isFinite ? .real(number) : .null
        case .flag(let flag): self = .flag(flag)
        case .time(let time): self = TimeFormat.rfc3339(time).map { .text($0) } ?? .null
        case .list(let texts): self = .list(texts.map { .text($0) })
        case .object(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, .text($0.value)) })
        }
    }

    /// A member of an object by its exact name.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The value as JSON text (RFC 8259), members in their order.
    package var json: String {
        var text = ""
        JSONText.append(self, to: &text)
        return text
    }
}
