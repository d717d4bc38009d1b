/// One way that a server wants to be told who asks (`WWW-Authenticate`, RFC 9110, section 11.6.1).
struct Challenge: Sendable, Equatable {
    /// Lower-case: `basic`, `bearer`.
    var scheme: String
    /// Parameters by lower-case name.
    var parameters: [String: String]

    /// Reads the header's values: several challenges may stand in one value, divided by the same commas that divide
    /// their parameters, and quoted values may hold commas.
    static func parse(_ values: [String]) -> [Challenge] {
        var challenges: [Challenge] = []
        for value in values.prefix(10) {
            var reader = ChallengeReader(Array(value.utf8.prefix(8192)))
            while let challenge = reader.challenge() { challenges.append(challenge) }
        }
        return challenges
    }
}

private struct ChallengeReader {
    let bytes: [UInt8]
    var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func challenge() -> Challenge? {
        skip(" ,\t")
        guard let scheme = word() else { return nil }
        var challenge = Challenge(scheme: scheme.lowercased(), parameters: [:])
        while true {
            let start = position
            skip(" ,\t")
            guard let name = word() else { return challenge }
            skip(" \t")
            guard take("=") else {
                // A word without a value begins the next challenge.
                position = start
                return challenge
            }
            skip(" \t")
            challenge.parameters[name.lowercased()] = quotedText() ?? word() ?? ""
        }
    }

    private mutating func skip(_ characters: String) {
        while position < bytes.count, characters.utf8.contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func word() -> String? {
        let start = position
        while position < bytes.count, !" ,=\"\t".utf8.contains(bytes[position]) { position += 1 }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private mutating func quotedText() -> String? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }
}
