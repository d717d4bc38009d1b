import Foundation
import ImageModel

extension EngineImage {
    /// The execution parameters (`Config`) in an inspect answer, as JSON; nil when there are none.
    static func execution(in answer: Data) -> Data? {
        guard let object = try? JSONSerialization.jsonObject(with: answer) as? [String: Any],
            let config = object["Config"] as? [String: Any]
        else { return nil }
        return try? JSONSerialization.data(withJSONObject: config, options: [.sortedKeys, .withoutEscapingSlashes])
    }

    /// A configuration document (OCI image-spec, config.md) with what the engine tells. It is not the stored one, byte
    /// for byte, so its digest is not the image ID. History is left out where it cannot be told which steps made no
    /// layer.
    ///
    /// - Parameter layers: what is known of the image's layers.
    func configuration(_ layers: [LayerAlignment.Layer]) -> String? {
        var document: [String: Any] = [
            "architecture": platform.architecture, "os": platform.os,
            "rootfs": ["type": "layers", "diff_ids": diffIDs.map(\.description)] as [String: Any],
        ]
        if let variant = platform.variant { document["variant"] = variant }
        if let version = platform.osVersion { document["os.version"] = version }
        if let author { document["author"] = author }
        if let createdAt { document["created"] = Self.text(createdAt) }
        if let execution, let config = try? JSONSerialization.jsonObject(with: execution) {
            document["config"] = config
        }
        let makers = Set(layers.compactMap(\.step))
        if makers.count == diffIDs.count {
            document["history"] = history.indices.map { position in
                let step = history[position]
                var entry: [String: Any] = [:]
                if step.created > 0 { entry["created"] = Self.text(Date(timeIntervalSince1970: Double(step.created))) }
                if !step.instruction.isEmpty { entry["created_by"] = step.instruction }
                if !step.comment.isEmpty { entry["comment"] = step.comment }
                if !makers.contains(position) { entry["empty_layer"] = true }
                return entry
            }
        }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? JSONSerialization.data(withJSONObject: document, options: options) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
