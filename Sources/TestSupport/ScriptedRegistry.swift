package import Foundation
package import ImageModel
package import NIOHTTP1

/// A registry's answers, made from what an ``ImageBuilder`` built: for a ``ScriptedHTTPServer``. Any request can be
/// answered otherwise.
package struct ScriptedRegistry: Sendable {
    /// Tags by repository.
    package var repositories: [String: [String: Digest]] = [:]
    package var blobs: [Digest: Data]
    /// Lists of referrers by subject; nil when the registry has no such list.
    package var referrers: [Digest: [Descriptor]]?
    /// The names on a page of catalog and tags.
    package var pageSize = 1000
    /// Whether answers tell digests in `Docker-Content-Digest`.
    package var tellsDigests = true
    /// Asked first; nil for what the registry would answer.
    package var override: @Sendable (ScriptedRequest) async -> ScriptedReply? = { _ in nil }

    package init(_ builder: ImageBuilder) { blobs = builder.blobs }

    /// The script for a server.
    package var script: ScriptedHTTPServer.Script {
        { request in
            if let reply = await override(request) { return reply }
            return answer(request)
        }
    }

    /// What the registry answers by itself.
    package func answer(_ request: ScriptedRequest) -> ScriptedReply {
        let parts = request.path.split(separator: "/").map(String.init)
        guard parts.first == "v2" else { return Self.error(404, "UNSUPPORTED") }
        if parts.count == 1 { return .json("{}") }
        if parts.count == 2, parts[1] == "_catalog" { return list("repositories", repositories.keys.sorted(), request) }
        guard parts.count >= 4 else { return Self.error(404, "UNSUPPORTED") }
        let name = parts[1..<(parts.count - 2)].joined(separator: "/")
        guard let tags = repositories[name] else { return Self.error(404, "NAME_UNKNOWN") }
        switch parts[parts.count - 2] {
        case "tags": return list("tags", tags.keys.sorted(), request)
        case "manifests": return manifest(parts[parts.count - 1], tags)
        case "blobs": return blob(parts[parts.count - 1])
        case "referrers": return referrers(parts[parts.count - 1])
        default: return Self.error(404, "UNSUPPORTED")
        }
    }

    /// An error as registries tell it.
    package static func error(_ status: Int, _ code: String, headers: HTTPHeaders = [:]) -> ScriptedReply {
        .json(#"{"errors":[{"code":"\#(code)","message":"scripted"}]}"#, status: status, headers: headers)
    }

    private func list(_ key: String, _ names: [String], _ request: ScriptedRequest) -> ScriptedReply {
        let last = request.item("last") ?? ""
        let rest = names.filter { $0 > last }
        let page = rest.prefix(min(request.item("n").flatMap { Int($0) } ?? pageSize, pageSize))
        var headers: HTTPHeaders = [:]
        if page.count < rest.count, let end = page.last {
            headers.add(name: "link", value: "<\(request.path)?n=\(page.count)&last=\(end)>; rel=\"next\"")
        }
        let quoted = page.map { "\"\($0)\"" }.joined(separator: ",")
        return .json("{\"name\":\"x\",\"\(key)\":\(page.isEmpty ? "null" : "[\(quoted)]")}", headers: headers)
    }

    private func manifest(_ reference: String, _ tags: [String: Digest]) -> ScriptedReply {
        guard let digest = tags[reference] ?? (try? Digest(reference)), let content = blobs[digest] else {
            return Self.error(404, "MANIFEST_UNKNOWN")
        }
        struct Head: Decodable { var mediaType: String? }
        let type = (try? JSONDecoder().decode(Head.self, from: content))?.mediaType
        var headers: HTTPHeaders = ["content-type": type ?? MediaType.ociManifest.rawValue]
        if tellsDigests { headers.add(name: "docker-content-digest", value: digest.description) }
        return ScriptedReply(200, headers: headers, content)
    }

    private func blob(_ reference: String) -> ScriptedReply {
        guard let digest = try? Digest(reference), let content = blobs[digest] else {
            return Self.error(404, "BLOB_UNKNOWN")
        }
        return ScriptedReply(200, headers: ["content-type": "application/octet-stream"], content)
    }

    private func referrers(_ reference: String) -> ScriptedReply {
        guard let referrers, let digest = try? Digest(reference),
            let body = try? JSONEncoder().encode(Index(manifests: referrers[digest] ?? []))
        else { return ScriptedReply(404, Data("404 page not found\n".utf8)) }
        return ScriptedReply(200, headers: ["content-type": MediaType.ociIndex.rawValue], body)
    }
}
