extension Field {
    /// A `numeric` as its digits (PostgreSQL's numeric_send): groups of four decimal digits, the weight of the first,
    /// the sign, and how many digits are shown behind the point.
    func numeric(_ bytes: UnsafeRawBufferPointer) throws -> String {
        let count = Int(try number(bytes) as Int16)
        let weight = Int(try number(bytes, at: 2) as Int16)
        let sign: UInt16 = try number(bytes, at: 4)
        let scale = Int(try number(bytes, at: 6) as Int16)
        switch sign {
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        default: break
        }
        guard count >= 0, scale >= 0, bytes.count >= 8 + count * 2 else { throw malformed }
        func group(_ position: Int) throws -> Int {
            position >= 0 && position < count ? Int(try number(bytes, at: 8 + position * 2) as Int16) : 0
        }
        var text = sign == 0x4000 ? "-" : ""
        if weight < 0 {
            text += "0"
        } else {
            for position in 0...weight {
                let digits = String(try group(position))
                text += position == 0 ? digits : String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }
        }
        guard scale > 0 else { return text }
        var fraction = ""
        var position = weight + 1
        while fraction.count < scale {
            let digits = String(try group(position))
            fraction += String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            position += 1
        }
        return text + "." + fraction.prefix(scale)
    }

    /// The value of a field that the server sent as text: what is a number, a flag or a moment becomes one, all else
    /// stays the text that PostgreSQL writes.
    func valueFromText(_ text: String) throws -> PostgresValue {
        switch oid {
        case PostgresType.bool: return .bool(text == "t")
        case PostgresType.int2: return try Int16(text).map { .int2($0) } ?? { throw malformed }()
        case PostgresType.int4: return try Int32(text).map { .int4($0) } ?? { throw malformed }()
        case PostgresType.int8, PostgresType.oid: return try Int64(text).map { .int8($0) } ?? { throw malformed }()
        case PostgresType.float4, PostgresType.float8:
            return try Double(text).map { .float8($0) } ?? { throw malformed }()
        case PostgresType.numeric: return .numeric(text)
        case PostgresType.jsonb: return .jsonb(text)
        default: return .text(text)
        }
    }
}
