import Foundation
import ImageModel

/// Takes the signatures out of a Docker schema 1 manifest: its digest is that of the payload that was signed
/// (distribution, manifest-v2-1.md, "Signed Manifests").
enum SignedManifest {
    private struct Document: Decodable {
        struct Signature: Decodable { var protected: String }
        var signatures: [Signature]
    }

    private struct Format: Decodable {
        var formatLength: Int
        var formatTail: String
    }

    /// The signed payload; nil when the document is not signed so.
    static func payload(of content: Data, mediaType: String?) -> Data? {
        guard let mediaType, MediaType(mediaType).isSchema1,
            let document = try? DocumentParser.decode(
                Document.self, from: content, as: .manifest, limit: ManifestDocument.byteLimit),
            let header = document.signatures.first.flatMap({ decodeBase64URL($0.protected) }),
            let format = try? DocumentParser.decode(
                Format.self, from: header, as: .manifest, limit: ManifestDocument.byteLimit),
            let tail = decodeBase64URL(format.formatTail), (0...content.count).contains(format.formatLength)
        else { return nil }
        return content.prefix(format.formatLength) + tail
    }

    private static func decodeBase64URL(_ text: String) -> Data? {
        let standard = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
    }
}
