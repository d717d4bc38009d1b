import Foundation
import Reporting

extension JSONValue {
    /// A value from JSON text, members by name. Throws `DecodingError` for text that is no JSON.
    static func parse(_ text: String) throws -> JSONValue {
        try JSONDecoder().decode(ParsedValue.self, from: Data(text.utf8)).value
    }

    /// The text of a member, nil when it is absent or no text.
    func text(_ name: String) -> String? {
        if case .text(let text)? = self[name] { text } else { nil }
    }
}

/// Reads any JSON; whole numbers stay whole.
private struct ParsedValue: Decodable {
    let value: JSONValue

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Key.self) {
            value = .object(
                try members.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
                    Member($0.stringValue, try members.decode(ParsedValue.self, forKey: $0).value)
                })
            return
        }
        if var elements = try? decoder.unkeyedContainer() {
            var list: [JSONValue] = []
            while !elements.isAtEnd { list.append(try elements.decode(ParsedValue.self).value) }
            value = .list(list)
            return
        }
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            value = .null
        } else if let flag = try? single.decode(Bool.self) {
            value = .flag(flag)
        } else if let number = try? single.decode(Int64.self) {
            value = .integer(number)
        } else if let number = try? single.decode(Double.self) {
            value = .real(number)
        } else {
            value = .text(try single.decode(String.self))
        }
    }

    private typealias Member = JSONValue.Member
}
