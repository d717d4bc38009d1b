import Foundation
import TestSupport
import Yams

/// Makes answers from an API's own description: its examples where it has some, else values of the types it names.
struct SwaggerSamples {
    struct Missing: Error { var path: String }

    private let document: [String: Any]

    init(_ file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        guard let document = try Yams.load(yaml: text) as? [String: Any] else { throw Missing(path: file.path) }
        self.document = document
    }

    var version: String? { (document["info"] as? [String: Any])?["version"] as? String }

    /// The answer to a GET, as JSON.
    func answer(_ path: String) throws -> Data {
        let paths = document["paths"] as? [String: Any]
        let get = (paths?[path] as? [String: Any])?["get"] as? [String: Any]
        let responses = get?["responses"] as? [AnyHashable: Any]
        guard let response = (responses?[200] ?? responses?["200"]) as? [String: Any],
            let schema = response["schema"] as? [String: Any]
        else { throw Missing(path: path) }
        if let examples = response["examples"] as? [String: Any], let example = examples["application/json"] {
            return try json(example)
        }
        return try json(sample(schema, of: "", depth: 0))
    }

    private func json(_ value: Any) throws -> Data {
        try JSONSerialization.data(withJSONObject: plain(value), options: .fragmentsAllowed)
    }

    /// A value that JSON can write.
    private func plain(_ value: Any) -> Any {
        switch value {
        case let value as [AnyHashable: Any]:
            var object: [String: Any] = [:]
            for (key, element) in value { object["\(key.base)"] = plain(element) }
            return object
        case let value as [Any]: return value.map(plain)
        case let value as Date: return value.formatted(.iso8601)
        case is NSNull: return NSNull()
        default: return value
        }
    }

    /// What the lists of 1.52's disk usage hold: their description names Go types instead.
    private static let listed = [
        "ImagesDiskUsage": "ImageSummary", "ContainersDiskUsage": "ContainerSummary", "VolumesDiskUsage": "Volume",
        "BuildCacheDiskUsage": "BuildCache",
    ]

    /// - Parameter owner: the definition that the schema stands in.
    private func sample(_ schema: [String: Any], of owner: String, depth: Int) -> Any {
        guard depth < 12 else { return NSNull() }
        if let example = schema["example"] {
            // Some examples of numbers are written as text.
            return schema["type"] as? String == "integer" ? Int("\(example)") ?? example : example
        }
        let isGoType = schema["type"] == nil && schema["x-go-type"] != nil
        let reference = schema["$ref"] as? String ?? (isGoType ? Self.listed[owner] : nil)
        if let name = reference?.split(separator: "/").last,
            let definition = (document["definitions"] as? [String: Any])?[String(name)] as? [String: Any]
        {
            return sample(definition, of: String(name), depth: depth + 1)
        }
        if let parts = schema["allOf"] as? [[String: Any]] {
            return parts.reduce(into: [String: Any]()) { all, part in
                all.merge(sample(part, of: owner, depth: depth + 1) as? [String: Any] ?? [:]) { _, new in new }
            }
        }
        switch schema["type"] as? String {
        case "array": return [sample(schema["items"] as? [String: Any] ?? [:], of: owner, depth: depth + 1)]
        case "string": return "text"
        case "integer", "number": return 12
        case "boolean": return true
        default:
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            return properties.mapValues { sample($0, of: owner, depth: depth + 1) }
        }
    }
}
