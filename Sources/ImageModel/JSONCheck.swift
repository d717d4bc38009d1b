import Foundation

/// Walks a JSON text once, before anything is made of it, and refuses what two readers may read in two ways or what
/// may harm one: a byte order mark, bytes that are not UTF-8, deep nesting, a key that an object has twice, NUL
/// characters and lone surrogates in strings (a database cannot keep them), numbers that no one can hold.
struct JSONCheck {
    /// The deepest nesting that is read. Real documents stay below ten.
    static let depthLimit = 64
    /// The most values that a document may have in all.
    static let valueLimit = 1_000_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private let subject: ImageModelError.Subject
    private var position = 0
    private var values = 0
    private var path: [Step] = []

    private enum Step {
        case key(String)
        case index(Int)
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ subject: ImageModelError.Subject) {
        self.bytes = bytes
        self.subject = subject
    }

    /// Throws ``ImageModelError`` with the place for the first thing that is wrong.
    static func check(_ content: Data, as subject: ImageModelError.Subject) throws(ImageModelError) {
        let result: Result<Void, ImageModelError> = content.withUnsafeBytes { raw in
            var check = JSONCheck(raw.bindMemory(to: UInt8.self), subject)
            do throws(ImageModelError) {
                try check.document()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private mutating func document() throws(ImageModelError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure("begins with a byte order mark") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw failure("is not valid UTF-8") }
        skipSpace()
        try value()
        skipSpace()
        guard position == bytes.count else { throw syntax() }
    }

    private mutating func value() throws(ImageModelError) {
        values += 1
        guard values <= Self.valueLimit else { throw failure("has more than \(Self.valueLimit) values") }
        switch next {
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
    }

    private mutating func object() throws(ImageModelError) {
        try enter()
        var keys: Set<String> = []
        skipSpace()
        if take("}") { return }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw syntax() }
            let key = try string()
            guard keys.insert(key).inserted else { throw failure("has the key \(quoted(key)) twice") }
            skipSpace()
            guard take(":") else { throw syntax() }
            skipSpace()
            path.append(.key(key))
            try value()
            path.removeLast()
            skipSpace()
        } while take(",")
        guard take("}") else { throw syntax() }
    }

    private mutating func array() throws(ImageModelError) {
        try enter()
        skipSpace()
        if take("]") { return }
        var index = 0
        repeat {
            skipSpace()
            path.append(.index(index))
            try value()
            path.removeLast()
            index += 1
            skipSpace()
        } while take(",")
        guard take("]") else { throw syntax() }
    }

    private mutating func enter() throws(ImageModelError) {
        guard path.count < Self.depthLimit else {
            throw ImageModelError(subject, "is nested more than \(Self.depthLimit) levels deep")
        }
        position += 1
    }

    private mutating func string() throws(ImageModelError) -> String {
        position += 1
        let start = position
        var hasEscape = false
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw failure("has a control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                try escape()
            }
        }
        guard next != nil else { throw syntax() }
        let text = bytes[start..<position]
        position += 1
        guard hasEscape else { return String(decoding: text, as: UTF8.self) }
        let quotedText = Data([UInt8(ascii: "[")] + bytes[start - 1..<position] + [UInt8(ascii: "]")])
        guard let decoded = try? JSONDecoder().decode([String].self, from: quotedText).first else { throw syntax() }
        return decoded
    }

    private mutating func escape() throws(ImageModelError) {
        guard let kind = next else { throw syntax() }
        position += 1
        guard kind == UInt8(ascii: "u") else {
            guard #""\/bfnrt"#.utf8.contains(kind) else { throw syntax() }
            return
        }
        let unit = try hexadecimalUnit()
        if unit == 0 { throw failure("has a NUL character in a string") }
        if (0xDC00..<0xE000).contains(unit) { throw failure("has half a surrogate pair in a string") }
        guard (0xD800..<0xDC00).contains(unit) else { return }
        guard take("\\"), take("u"), (0xDC00..<0xE000).contains(try hexadecimalUnit()) else {
            throw failure("has half a surrogate pair in a string")
        }
    }

    private mutating func hexadecimalUnit() throws(ImageModelError) -> UInt32 {
        guard position + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw syntax() }
        position += 4
        return unit
    }

    private mutating func number() throws(ImageModelError) {
        let start = position
        _ = take("-")
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else { throw syntax() }
        if take("."), digits() == 0 { throw syntax() }
        var exponent = 0
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            let first = position
            guard digits() > 0 else { throw syntax() }
            exponent = Int(String(decoding: bytes[first..<position], as: UTF8.self)) ?? .max
        }
        guard position - start <= 64, exponent <= 300 else { throw failure("is a number too large to hold") }
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func literal(_ text: StaticString) throws(ImageModelError) {
        let end = position + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(expected) else { throw syntax() }
        position = end
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func syntax() -> ImageModelError {
        failure(
            position < bytes.count
                ? "is not valid JSON at byte \(position)" : "is not valid JSON: it ends at byte \(position)")
    }

    private func failure(_ reason: String) -> ImageModelError {
        let place = path.reduce(into: "") { place, step in
            switch step {
            case .key(let key): place += (place.isEmpty ? "" : ".") + quoted(key).dropFirst().dropLast()
            case .index(let index): place += "[\(index)]"
            }
        }
        return ImageModelError(subject, at: place, reason)
    }
}
