/// A line of BuildKit's plain progress: `#` number space, then one of these
/// [buildkit: util/progress/progressui/printer.go; before April 2019 with right-aligned fields].
struct PlainLine {
    enum Content {
        /// `0.123 text`: what a step printed. Whatever the text is, it is nothing else.
        case log
        case cached
        /// `DONE` or `DONE 1.2s`, in nanoseconds.
        case done(Int64?)
        case canceled
        /// `ERROR: message`
        case error
        /// `...`: another vertex is printed next.
        case interrupted
        case warning
        /// `sha256:<64 hex digits>` and nothing after it: the vertex (2020 to 2021).
        case digest
        /// `      digest: sha256:…`: a field of 2018.
        case field
        /// A header or a status; which of them, what came before tells.
        case text
    }

    var number: Int
    var content: Content
    /// What follows the number, without the space; of an error, a log line and a warning as well.
    var rest: ArraySlice<UInt8>

    /// Nil when the line does not begin with `#`, a number of up to nine digits and a space.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard
            let (number, start, content) = bytes.withUnsafeBufferPointer({ bytes -> (Int, Int, Content)? in
                guard let (number, start) = Self.number(bytes) else { return nil }
                return (number, start, Self.content(UnsafeBufferPointer(rebasing: bytes[start...])))
            })
        else { return nil }
        self.number = number
        self.content = content
        rest = bytes[(bytes.startIndex + start)...]
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> (Int, Int)? {
        guard bytes.count > 3, bytes[0] == UInt8(ascii: "#") else { return nil }
        var index = 1
        var number = 0
        while index < bytes.count, index <= 9, let digit = bytes[index].digit {
            number = number * 10 + digit
            index += 1
        }
        guard index > 1, index + 1 < bytes.count, bytes[index] == UInt8(ascii: " ") else { return nil }
        return (number, index + 1)
    }

    private static func content(_ rest: UnsafeBufferPointer<UInt8>) -> Content {
        switch rest[0] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            return isLog(rest) ? .log : .text
        case UInt8(ascii: "C"):
            return rest.elementsEqual("CACHED".utf8) ? .cached : rest.elementsEqual("CANCELED".utf8) ? .canceled : .text
        case UInt8(ascii: "D"):
            if rest.elementsEqual("DONE".utf8) { return .done(nil) }
            guard rest.starts(with: "DONE ".utf8), rest.last == UInt8(ascii: "s") else { return .text }
            return nanoseconds(rest[5..<(rest.count - 1)]).map { .done($0) } ?? .text
        case UInt8(ascii: "E"):
            return rest.starts(with: "ERROR: ".utf8) || rest.elementsEqual("ERROR:".utf8) ? .error : .text
        case UInt8(ascii: "."):
            return rest.elementsEqual("...".utf8) ? .interrupted : .text
        case UInt8(ascii: "W"):
            return rest.starts(with: "WARN: ".utf8) ? .warning : .text
        case UInt8(ascii: "s"):
            guard rest.count == 71, rest.starts(with: "sha256:".utf8) else { return .text }
            return rest.dropFirst(7).allSatisfy(\.isHexadecimal) ? .digest : .text
        case UInt8(ascii: " "):
            return .field
        default:
            return .text
        }
    }

    /// Seconds with up to three decimals (2019 cut them to five characters: `1234.`), then a space or the end.
    private static func isLog(_ rest: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < rest.count, rest[index].digit != nil { index += 1 }
        guard index < rest.count, rest[index] == UInt8(ascii: ".") else { return false }
        let point = index
        index += 1
        while index < rest.count, rest[index].digit != nil { index += 1 }
        return (1...4).contains(index - point) && (index == rest.count || rest[index] == UInt8(ascii: " "))
    }

    /// Decimal seconds; nil for anything else, and for more than three hundred years.
    private static func nanoseconds(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = parts.first, !seconds.isEmpty, seconds.count < 10 else { return nil }
        var total: Int64 = 0
        for byte in seconds {
            guard let digit = byte.digit else { return nil }
            total = total * 10 + Int64(digit)
        }
        total *= 1_000_000_000
        guard parts.count == 2 else { return total }
        guard (1...9).contains(parts[1].count) else { return nil }
        var unit: Int64 = 100_000_000
        for byte in parts[1] {
            guard let digit = byte.digit else { return nil }
            total += Int64(digit) * unit
            unit /= 10
        }
        return total
    }
}

extension UInt8 {
    /// The value of an ASCII digit.
    var digit: Int? {
        self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") ? Int(self &- UInt8(ascii: "0")) : nil
    }

    fileprivate var isHexadecimal: Bool {
        digit != nil || (self >= UInt8(ascii: "a") && self <= UInt8(ascii: "f"))
    }
}

extension PlainLine {
    /// Whether only the progress of a build ends a line so.
    var isEnding: Bool {
        switch content {
        case .cached, .done, .canceled: true
        default: false
        }
    }

    /// Whether it is the beginning of a line that ends a vertex, where the log was cut.
    var isCutEnding: Bool {
        rest.count < 8
            && ["CACHED", "CANCELED", "DONE", "ERROR:", "..."].contains { $0.utf8.starts(with: rest) }
    }
}
