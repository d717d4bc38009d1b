import Foundation

/// Reads Docker schema 1 manifests: every layer's configuration is a JSON text inside the JSON, newest first.
enum Schema1Parser {
    private struct Document: Decodable {
        struct Layer: Decodable { var blobSum: Digest }
        struct Entry: Decodable { var v1Compatibility: String }
        var name: String?
        var tag: String?
        var architecture: String?
        var fsLayers: [Layer]
        var history: [Entry]
    }

    private struct V1: Decodable {
        struct Container: Decodable {
            var command: [String]?
            enum CodingKeys: String, CodingKey { case command = "Cmd" }
        }
        var created: String?
        var throwaway: Bool?
        var container: Container?
        enum CodingKeys: String, CodingKey {
            case created
            case throwaway
            case container = "container_config"
        }
    }

    static func parse(_ content: Data) throws(ImageModelError) -> Schema1Manifest {
        let document = try DocumentParser.decode(
            Document.self, from: content, as: .manifest, limit: ManifestDocument.byteLimit)
        guard document.fsLayers.count == document.history.count else {
            throw ImageModelError(
                .manifest, at: "history",
                "has \(document.history.count) entries for \(document.fsLayers.count) fsLayers")
        }
        guard document.fsLayers.count <= DocumentParser.entryLimit else {
            throw ImageModelError(.manifest, at: "fsLayers", "has more than \(DocumentParser.entryLimit) entries")
        }
        var layers: [Digest] = []
        var instructions: [String?] = []
        var created: String?
        for (position, layer) in document.fsLayers.enumerated().reversed() {
            let entry = try version1(document.history[position].v1Compatibility, at: position)
            if position == 0 { created = entry.created }
            if entry.throwaway == true { continue }
            layers.append(layer.blobSum)
            instructions.append(entry.container?.command?.joined(separator: " "))
        }
        return Schema1Manifest(
            name: document.name ?? "", tag: document.tag ?? "", architecture: document.architecture ?? "",
            layers: layers, instructions: instructions, created: created)
    }

    /// The configuration of one layer: JSON within the JSON.
    private static func version1(_ text: String, at position: Int) throws(ImageModelError) -> V1 {
        do {
            return try DocumentParser.decode(
                V1.self, from: Data(text.utf8), as: .manifest, limit: ManifestDocument.byteLimit)
        } catch {
            let place = "history[\(position)].v1Compatibility"
            throw ImageModelError(.manifest, at: error.path.isEmpty ? place : "\(place): \(error.path)", error.reason)
        }
    }
}
