package import Figures

/// Writes JSON (RFC 8259) by appending to a text.
package enum JSONText {
    /// Where the text will stand.
    package enum Place: Sendable {
        case document
        /// Within a script element of an HTML page: `<`, `>` and `&` are escaped too, so that no outside text can end
        /// the element.
        case script
    }

    /// Appends a value.
    package static func append(_ value: JSONValue, to text: inout String, place: Place = .document) {
        switch value {
        case .null: text += "null"
        case .flag(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .real(let number): text += real(number)
        case .text(let string): append(string, to: &text, place: place)
        case .list(let values):
            text += "["
            for (index, element) in values.enumerated() {
                if index > 0 { text += "," }
                append(element, to: &text, place: place)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                append(member.name, to: &text, place: place)
                text += ":"
                append(member.value, to: &text, place: place)
            }
            text += "}"
        }
    }

    /// Appends the value of a table's cell.
    package static func append(_ value: Value, to text: inout String, place: Place = .document) {
        switch value {
        case .null: text += "null"
        case .integer(let number): text += String(number)
        case .text(let string): append(string, to: &text, place: place)
        default: append(JSONValue(value), to: &text, place: place)
        }
    }

    /// Appends a string in its quotes. Every control character is escaped, and so are U+2028 and U+2029, which old
    /// JavaScript takes for line ends.
    package static func append(_ string: String, to text: inout String, place: Place = .document) {
        text += "\""
        if string.unicodeScalars.contains(where: { needsEscape($0, place) }) {
            for scalar in string.unicodeScalars {
                if needsEscape(scalar, place) {
                    text += escape(scalar)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        } else {
            text += string
        }
        text += "\""
    }

    private static func needsEscape(_ scalar: Unicode.Scalar, _ place: Place) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x22, 0x5c, 0x7f...0x9f, 0x2028, 0x2029: true
        case 0x26, 0x3c, 0x3e: place == .script
        // Marks that turn the reading direction would mislead who reads the page's source.
        case 0x80...0xffff: place == .script && TerminalText.isHarmful(scalar)
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }

    private static func real(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        let text = "\(number)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
