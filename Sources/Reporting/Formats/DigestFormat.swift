/// Digests for people to read.
package enum DigestFormat {
    /// The first twelve hexadecimal digits without the algorithm, as Docker prints image IDs. Text that is no digest
    /// stays as it is.
    package static func short(_ digest: String) -> String {
        guard let colon = digest.firstIndex(of: ":") else { return digest }
        let hexadecimal = digest[digest.index(after: colon)...]
        guard hexadecimal.count >= 32, hexadecimal.allSatisfy(\.isHexDigit) else { return digest }
        return String(hexadecimal.prefix(12))
    }
}
