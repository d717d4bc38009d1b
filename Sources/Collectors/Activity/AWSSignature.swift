import Foundation
import ImageModel

/// Signs requests to AWS (Signature Version 4: AWS IAM user guide, "Create a signed AWS API request").
struct AWSSignature: Sendable {
    let credentials: AWSCredentials
    let region: String
    let service: String

    /// The moment as `X-Amz-Date` writes it: `20150830T123600Z`.
    static func stamp(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ count: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month, 2) + digits(parts.day, 2) + "T"
            + digits(parts.hour, 2) + digits(parts.minute, 2) + digits(parts.second, 2) + "Z"
    }

    /// The value of `Authorization`.
    ///
    /// - Parameters:
    ///   - path: as it is sent, encoded.
    ///   - headers: all that are signed, `host` and `x-amz-date` among them; names in any case.
    ///   - stamp: the value of `x-amz-date`.
    func authorization(
        method: String, path: String = "/", query: String = "", headers: [String: String], body: String, stamp: String
    ) -> String {
        let lines = headers.map { ($0.key.lowercased(), Self.trimmed($0.value)) }.sorted { $0.0 < $1.0 }
        let names = lines.map(\.0).joined(separator: ";")
        let canonical = [
            method, path, query.split(separator: "&").sorted().joined(separator: "&"),
            lines.map { "\($0.0):\($0.1)\n" }.joined(), names, Digest.of(body.utf8).hex,
        ].joined(separator: "\n")
        let day = String(stamp.prefix(8))
        let scope = [day, region, service, "aws4_request"].joined(separator: "/")
        let text = ["AWS4-HMAC-SHA256", stamp, scope, Digest.of(canonical.utf8).hex].joined(separator: "\n")
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [day, region, service, "aws4_request"] { key = KeyedHash.sha256(part.utf8, key: key) }
        let signature = encodeHex(KeyedHash.sha256(text.utf8, key: key))
        return
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    }

    /// Without spaces around it, and with single ones within.
    private static func trimmed(_ value: String) -> String {
        value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
}
