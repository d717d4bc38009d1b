internal import CCrypto

/// A hash that only who has the key can make (HMAC-SHA256, RFC 2104).
package enum KeyedHash {
    /// The 32 bytes for a message under a key, which must not be empty.
    package static func sha256(_ message: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
        let message = Array(message)
        var hash = [UInt8](repeating: 0, count: Digest.Algorithm.sha256.byteCount)
        var length: UInt32 = 0
        guard HMAC(EVP_sha256(), key, CInt(key.count), message, message.count, &hash, &length) != nil,
            Int(length) == hash.count
        else { preconditionFailure("libcrypto makes no HMAC-SHA256") }
        return hash
    }
}
