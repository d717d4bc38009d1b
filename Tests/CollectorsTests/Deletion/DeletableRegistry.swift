import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Synchronization
import TestSupport

/// A registry that deletes: by digest with all tags, and, when it is one that can, by tag. Any request may be answered
/// otherwise.
final class DeletableRegistry: Sendable {
    /// What a DELETE of a tag does.
    enum TagDeletion: Sendable {
        /// distribution 2.x.
        case refused
        case takesTag
        /// Some take the manifest, too.
        case takesManifest
    }

    typealias Override = @Sendable (ScriptedRequest, DeletableRegistry) async -> ScriptedReply?

    private let state: Mutex<ScriptedRegistry>
    private let tagDeletion: TagDeletion
    private let override: Override
    /// `app:1` and `app:2`; `app:3`; `app:prod`.
    let one: Digest
    let three: Digest
    let prod: Digest

    init(tagDeletion: TagDeletion = .refused, override: @escaping Override = { _, _ in nil }) throws {
        self.tagDeletion = tagDeletion
        self.override = override
        var builder = ImageBuilder()
        let images = try ["one", "three", "prod"].map { try builder.image([builder.layer([$0: $0])]) }
        (one, three, prod) = (images[0].digest, images[1].digest, images[2].digest)
        var registry = ScriptedRegistry(builder)
        registry.repositories = ["app": ["1": one, "2": one, "3": three, "prod": prod]]
        state = Mutex(registry)
    }

    var tags: [String: Digest] { state.withLock { $0.repositories["app"] ?? [:] } }
    func has(_ digest: Digest) -> Bool { state.withLock { $0.blobs[digest] != nil } }
    func point(_ tag: String, to digest: Digest?) { state.withLock { $0.repositories["app"]?[tag] = digest } }

    /// Deletes as a registry does by itself.
    func delete(_ reference: String) -> ScriptedReply {
        state.withLock { registry in
            let tags = registry.repositories["app"] ?? [:]
            if let digest = try? Digest(reference) {
                guard registry.blobs[digest] != nil else { return ScriptedRegistry.error(404, "MANIFEST_UNKNOWN") }
                registry.blobs[digest] = nil
                registry.repositories["app"] = tags.filter { $0.value != digest }
                return ScriptedReply(202)
            }
            switch tagDeletion {
            case .refused: return ScriptedRegistry.error(400, "DIGEST_INVALID")
            case .takesTag, .takesManifest:
                guard let digest = tags[reference] else { return ScriptedRegistry.error(404, "MANIFEST_UNKNOWN") }
                registry.repositories["app"]?[reference] = nil
                if tagDeletion == .takesManifest { registry.blobs[digest] = nil }
                return ScriptedReply(202)
            }
        }
    }

    /// The last part of a path.
    static func reference(_ request: ScriptedRequest) -> String {
        request.path.split(separator: "/").last.map(String.init) ?? ""
    }

    func answer(_ request: ScriptedRequest) async -> ScriptedReply {
        if let reply = await override(request, self) { return reply }
        if request.method == "DELETE" { return delete(Self.reference(request)) }
        return state.withLock { $0 }.answer(request)
    }

    /// Opens a target on this registry.
    func run<R>(
        retry: RetryPolicy = .impatient, change: @Sendable (inout RegistryOptions) -> Void = { _ in },
        _ body: (RegistryDeletionTarget, ScriptedHTTPServer) async throws -> R
    ) async throws -> R {
        try await ScriptedHTTPServer.run(script: answer) { server in
            var options = RegistryOptions(registry: server.host)
            options.requestTimeout = .seconds(10)
            change(&options)
            let target = try await RegistryDeletionTarget.open(options, configuration: .none, retry: retry)
            do {
                let result = try await body(target, server)
                await target.close()
                return result
            } catch {
                await target.close()
                throw error
            }
        }
    }

    func request(_ digest: Digest, _ tags: String..., action: DeletionRequest.Action = .delete) -> DeletionRequest {
        DeletionRequest(action: action, repository: "app", digest: digest, tags: tags)
    }
}

extension DeletionOutcome {
    /// The case alone.
    var word: String {
        switch self {
        case .deleted: "deleted"
        case .gone: "gone"
        case .moved: "moved"
        case .refused: "refused"
        case .failed: "failed"
        }
    }
}

extension ScriptedHTTPServer {
    /// What was to be deleted, in order.
    var deletions: [String] {
        requests.filter { $0.method == "DELETE" }.map { DeletableRegistry.reference($0) }
    }
}
