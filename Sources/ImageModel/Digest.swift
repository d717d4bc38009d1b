internal import CCrypto

/// A content address: an algorithm and the hash of the exact bytes (OCI image-spec, descriptor.md, "Digests").
///
/// Only the registered algorithms `sha256` and `sha512` are accepted, in lower-case hexadecimal.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The hash function of a digest.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256
        case sha512

        /// The number of raw bytes that a hash of this algorithm has.
        package var byteCount: Int { self == .sha256 ? 32 : 64 }
    }

    package let algorithm: Algorithm
    /// The raw hash, 32 or 64 bytes.
    package let bytes: [UInt8]

    /// A digest from its raw hash. Returns nil when the length does not fit the algorithm.
    package init?(algorithm: Algorithm, bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == algorithm.byteCount else { return nil }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// A digest from its raw hash, the algorithm told by the length: 32 bytes are sha256, 64 are sha512.
    package init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard let algorithm = Algorithm.allCases.first(where: { $0.byteCount == bytes.count }) else { return nil }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Parses `algorithm:hex`. Throws ``ImageModelError`` that says what is wrong.
    package init(_ text: some StringProtocol) throws(ImageModelError) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw ImageModelError(.digest, "\(quoted(text)) has no algorithm; expected sha256:<64 hex digits>")
        }
        guard let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            throw ImageModelError(.digest, "\(quoted(text)) names an unsupported algorithm; expected sha256 or sha512")
        }
        let hex = text.utf8[text.utf8.index(after: colon)...]
        guard let bytes = decodeHex(hex), bytes.count == algorithm.byteCount else {
            throw ImageModelError(
                .digest, "\(quoted(text)) needs \(algorithm.byteCount * 2) lower-case hex digits after the colon")
        }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// The hash in lower-case hexadecimal, without the algorithm.
    package var hex: String { encodeHex(bytes) }

    /// The first twelve hex digits, as Docker's tables show them.
    package var short: String { String(hex.prefix(12)) }

    /// `algorithm:hex`
    package var description: String { "\(algorithm.rawValue):\(hex)" }

    package static func < (left: Digest, right: Digest) -> Bool {
        if left.algorithm != right.algorithm { return left.algorithm.rawValue < right.algorithm.rawValue }
        return left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(container.decode(String.self))
        } catch let error as ImageModelError {
            // Carried inside, so that the place in the document is told with the reason.
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.reason, underlyingError: error))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Digest {
    /// The digest of bytes at hand.
    package static func of(_ content: some Sequence<UInt8>, algorithm: Algorithm = .sha256) -> Digest {
        var hasher = DigestHasher(algorithm)
        if content.withContiguousStorageIfAvailable({ hasher.update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(content).withUnsafeBytes { hasher.update($0) }
        }
        return hasher.finish()
    }
}

/// Computes a digest while bytes stream past. Not shared between tasks: one hasher, one stream.
package struct DigestHasher: ~Copyable {
    private let context: OpaquePointer?
    private let algorithm: Digest.Algorithm

    package init(_ algorithm: Digest.Algorithm = .sha256) {
        self.algorithm = algorithm
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, algorithm == .sha256 ? EVP_sha256() : EVP_sha512(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        EVP_DigestUpdate(context, base, bytes.count)
    }

    /// Adds bytes.
    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The digest of everything added; the hasher ends here.
    package consuming func finish() -> Digest {
        var hash = [UInt8](repeating: 0, count: algorithm.byteCount)
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &hash, &length)
        guard let digest = Digest(algorithm: algorithm, bytes: hash) else {
            preconditionFailure("libcrypto returned \(length) bytes for \(algorithm)")
        }
        return digest
    }
}
