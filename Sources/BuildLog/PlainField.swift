internal import ImageModel

/// A field of a vertex as BuildKit printed it before April 2019: `      digest: sha256:…`, right-aligned to 13.
enum PlainField {
    case digest(Digest)
    case name(String)
    /// Nanoseconds since 1970.
    case started(Int64)
    case completed(Int64)
    /// Nanoseconds.
    case duration(Int64)
    case cached(Bool)
    case error(String)

    /// Nil when it is none of them.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count > 14, bytes[bytes.startIndex + 12] == UInt8(ascii: ":"),
            bytes[bytes.startIndex + 13] == UInt8(ascii: " ")
        else { return nil }
        let key = bytes.prefix(12).drop { $0 == UInt8(ascii: " ") }
        let value = bytes.dropFirst(14)
        switch String(decoding: key, as: UTF8.self) {
        case "digest":
            guard let digest = try? Digest(String(decoding: value, as: UTF8.self)) else { return nil }
            self = .digest(digest)
        case "name": self = .name(Self.unquoted(value))
        case "started":
            guard let time = LogTime.parse(value) else { return nil }
            self = .started(time.nanoseconds)
        case "completed":
            guard let time = LogTime.parse(value) else { return nil }
            self = .completed(time.nanoseconds)
        case "duration":
            guard let duration = Self.duration(value) else { return nil }
            self = .duration(duration)
        case "cached":
            guard value.elementsEqual("true".utf8) || value.elementsEqual("false".utf8) else { return nil }
            self = .cached(value.first == UInt8(ascii: "t"))
        case "error": self = .error(Self.unquoted(value))
        default: return nil
        }
    }

    /// A text as Go's `%q` quotes it, or as it stands.
    static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var text: [UInt8] = []
        var rest = bytes.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                text.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): text.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(escaped)
            default: text += [byte, escaped]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A duration as Go prints it: `51.3ms`, `1m2.5s`, `1h0m3s`.
    static func duration(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let units: [(String, Double)] = [
            ("h", 3600e9), ("ms", 1e6), ("m", 60e9), ("ns", 1), ("µs", 1e3), ("us", 1e3), ("s", 1e9),
        ]
        var rest = Substring(String(decoding: bytes, as: UTF8.self))
        var total = 0.0
        repeat {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            guard let value = Double(number) else { return nil }
            rest = rest.dropFirst(number.count)
            guard let unit = units.first(where: { rest.hasPrefix($0.0) }) else { return nil }
            rest = rest.dropFirst(unit.0.count)
            total += value * unit.1
        } while !rest.isEmpty
        return total < 9e18 ? Int64(total.rounded()) : nil
    }
}
