/// A JSON array at the place of arguments: what Go's `encoding/json` takes for one (RFC 8259).
enum JSONArray: Equatable {
    case strings([String])
    /// JSON, but not of strings alone.
    case others
    case notJSON

    init(_ text: Scalars) {
        var scanner = JSONScanner(text)
        self = scanner.array()
    }
}

private struct JSONScanner {
    private let text: Scalars
    private var at = 0

    init(_ text: Scalars) { self.text = text }

    private var current: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private mutating func skipSpace() {
        while let scalar = current, scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" { at += 1 }
    }

    mutating func array() -> JSONArray {
        var strings: [String] = []
        while let scalar = current, scalar.isSpace { at += 1 }
        guard current == "[" else { return .notJSON }
        let start = at
        at += 1
        skipSpace()
        var isEmpty = current == "]"
        while !isEmpty {
            guard current == "\"" else {
                at = start
                return value() && atEnd() ? .others : .notJSON
            }
            guard let string = string() else { return .notJSON }
            strings.append(string)
            skipSpace()
            isEmpty = current == "]"
            guard isEmpty || current == "," else { return .notJSON }
            if !isEmpty {
                at += 1
                skipSpace()
            }
        }
        at += 1
        return atEnd() ? .strings(strings) : .notJSON
    }

    private mutating func atEnd() -> Bool {
        skipSpace()
        return at == text.count
    }

    private mutating func string() -> String? {
        var result = String.UnicodeScalarView()
        at += 1
        while let scalar = current {
            at += 1
            if scalar == "\"" { return String(result) }
            guard scalar.value >= 0x20 else { return nil }
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            guard let escaped = current else { return nil }
            at += 1
            switch escaped {
            case "\"", "\\", "/": result.append(escaped)
            case "b": result.append("\u{8}")
            case "f": result.append("\u{C}")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case "u":
                guard let unit = unit() else { return nil }
                result.append(character(unit))
            default: return nil
            }
        }
        return nil
    }

    /// Four digits after `\u`.
    private mutating func unit() -> UInt32? {
        guard at + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for scalar in text[at..<(at + 4)] {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        at += 4
        return value
    }

    /// A surrogate without its partner becomes U+FFFD.
    private mutating func character(_ unit: UInt32) -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let before = at
        if unit < 0xDC00, current == "\\", at + 1 < text.count, text[at + 1] == "u" {
            at += 2
            if let low = self.unit(), low >= 0xDC00, low < 0xE000,
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
            at = before
        }
        return "\u{FFFD}"
    }
}

extension JSONScanner {
    /// Passes over any value. The nesting is kept in a list, not on the stack.
    private mutating func value() -> Bool {
        var closers: [Unicode.Scalar] = []
        repeat {
            skipSpace()
            guard let scalar = current else { return false }
            if scalar == "[" || scalar == "{" {
                let closer: Unicode.Scalar = scalar == "[" ? "]" : "}"
                at += 1
                skipSpace()
                if current == closer {
                    at += 1
                } else {
                    closers.append(closer)
                    if closer == "}", !key() { return false }
                    continue
                }
            } else if !plain() {
                return false
            }
            guard pass(&closers) else { return false }
        } while !closers.isEmpty
        return true
    }

    /// What may follow a value: closers of what it is in, and at most one comma.
    private mutating func pass(_ closers: inout [Unicode.Scalar]) -> Bool {
        while let closer = closers.last {
            skipSpace()
            if current == "," {
                at += 1
                skipSpace()
                return closer == "]" || key()
            }
            guard current == closer else { return false }
            at += 1
            closers.removeLast()
        }
        return true
    }

    private mutating func key() -> Bool {
        guard current == "\"", string() != nil else { return false }
        skipSpace()
        guard current == ":" else { return false }
        at += 1
        return true
    }

    private mutating func plain() -> Bool {
        if current == "\"" { return string() != nil }
        let word = text[at...].prefix { $0.isASCII && ($0.isLetter || $0.isDigit || "+-.".unicodeScalars.contains($0)) }
        at = word.endIndex
        let text = word.text
        return ["true", "false", "null"].contains(text)
            || text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }
}
