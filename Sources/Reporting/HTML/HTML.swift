/// Escaping of outside text in HTML.
package enum HTML {
    /// Text made safe as the content of an element or a quoted attribute: `& < > " '` become references; NUL and other
    /// controls, which HTML does not allow, and marks that turn the reading direction are written out visibly.
    package static func escape(_ text: String) -> String {
        let special = text.unicodeScalars.contains { scalar in
            switch scalar {
            case "&", "<", ">", "\"", "'": true
            case "\n", "\t": false
            default: TerminalText.isHarmful(scalar)
            }
        }
        guard special else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                if TerminalText.isHarmful(scalar) {
                    result += TerminalText.harmless(String(Character(scalar)))
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// Text as part of a URL's query or path: everything but letters, digits and `-._~` becomes `%XX` (RFC 3986 §2.1).
    package static func queryEscape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
