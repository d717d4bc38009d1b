/// Text as PostgreSQL can keep it.
enum StoredText {
    /// The text with NUL characters, which PostgreSQL's text has no place for, replaced by U+FFFD.
    static func clean(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    static func clean(_ text: String?) -> String? { text.map { clean($0) } }

    /// JSON text in which no escape stands for NUL: readers of a `json` column would fail on it.
    static func cleanJSON(_ text: String?) -> String? {
        guard let text = clean(text), text.contains("\\u0000") else { return clean(text) }
        var output: [UInt8] = []
        let input = Array(text.utf8)
        output.reserveCapacity(input.count)
        var place = 0
        while place < input.count {
            guard input[place] == UInt8(ascii: "\\"), place + 1 < input.count else {
                output.append(input[place])
                place += 1
                continue
            }
            if input[place...].starts(with: "\\u0000".utf8) {
                output += "\\ufffd".utf8
                place += 6
            } else {
                // The character behind a backslash starts no escape of its own.
                output += input[place...place + 1]
                place += 2
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// A JSON object of texts, its keys in order.
    static func json(_ values: [String: String]) -> String {
        guard !values.isEmpty else { return "{}" }
        var output: [UInt8] = []
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            output.append(output.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            append(key, to: &output)
            output.append(UInt8(ascii: ":"))
            append(value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ text: String, to output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        output.append(UInt8(ascii: "\""))
        for byte in clean(text).utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: output += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
