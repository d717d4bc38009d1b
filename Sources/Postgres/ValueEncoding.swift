/// Bytes in PostgreSQL's binary form: whole numbers big-endian, every value behind its length.
struct BinaryBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(_ raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// An array of one dimension (PostgreSQL's array_send): dimensions, whether nulls are among them, element type,
    /// then size and lower bound, then each element behind its length.
    mutating func append<Element>(
        array elements: [Element], of oid: UInt32, _ encode: (inout BinaryBytes, Element) -> Void
    ) {
        append(Int32(elements.isEmpty ? 0 : 1))
        append(Int32(0))
        append(oid)
        guard !elements.isEmpty else { return }
        append(Int32(elements.count))
        append(Int32(1))
        for element in elements {
            let start = bytes.count
            append(Int32(0))
            encode(&self, element)
            let length = Int32(bytes.count - start - 4).bigEndian
            withUnsafeBytes(of: length) { raw in
                for (offset, byte) in raw.enumerated() { bytes[start + offset] = byte }
            }
        }
    }

    /// A value without its length. Null appends nothing.
    mutating func append(_ value: PostgresValue) {
        switch value {
        case .null: break
        case .bool(let flag): append(UInt8(flag ? 1 : 0))
        case .int2(let number): append(number)
        case .int4(let number): append(number)
        case .int8(let number): append(number)
        case .float8(let number): append(number.bitPattern)
        case .numeric(let digits), .text(let digits): append(digits)
        case .bytea(let raw): append(raw)
        case .timestamptz(let date): append(PostgresTimestamp.microseconds(date))
        case .jsonb(let text):
            append(UInt8(1))
            append(text)
        case .textArray(let texts): append(array: texts, of: PostgresType.text) { $0.append($1) }
        case .int4Array(let numbers): append(array: numbers, of: PostgresType.int4) { $0.append($1) }
        case .int8Array(let numbers): append(array: numbers, of: PostgresType.int8) { $0.append($1) }
        case .byteaArray(let values): append(array: values, of: PostgresType.bytea) { $0.append($1) }
        }
    }
}

/// The parameters of one statement in one buffer, as libpq wants them: types, addresses, lengths, formats.
struct ParameterBuffer {
    private var types: [UInt32] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []
    private var content = BinaryBytes()

    mutating func append(_ value: PostgresValue) {
        let start = content.bytes.count
        content.append(value)
        types.append(value.oid)
        lengths.append(Int32(content.bytes.count - start))
        // libpq reads a value in text form up to a zero byte.
        if case .numeric = value {
            content.append(UInt8(0))
            formats.append(0)
        } else {
            formats.append(1)
        }
        if case .null = value { offsets.append(nil) } else { offsets.append(start) }
        // An address is wanted even for a value of no bytes.
        content.append(UInt8(0))
    }

    func withPointers<R>(
        _ body: ([UInt32], [UnsafePointer<CChar>?], [Int32], [Int32]) throws -> R
    ) rethrows -> R {
        try content.bytes.withUnsafeBytes { raw in
            let base = raw.bindMemory(to: CChar.self).baseAddress
            let addresses = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            return try body(types, addresses, lengths, formats)
        }
    }
}
