import Foundation
import ImageModel
import NIOHTTP1

/// Deletes in a Docker engine or Podman, as `rmi` does: never by force. Docker and Podman also remove what an image was
/// built from when nothing else names or needs it.
package struct EngineDeletionTarget: DeletionTarget {
    let session: EngineSession

    var client: EngineClient { session.client }

    /// Reaches an engine. Throws ``EngineError`` or `CancellationError`.
    package static func open(
        _ endpoint: EngineEndpoint, limits: EngineLimits = EngineLimits()
    ) async throws -> EngineDeletionTarget {
        let client = try EngineClient(endpoint, limits: limits)
        do {
            return EngineDeletionTarget(session: try await EngineSession.open(client))
        } catch {
            await client.shutDown()
            throw error
        }
    }

    package func close() async { await client.shutDown() }

    package func delete(_ request: DeletionRequest) async throws -> DeletionOutcome {
        let names: [Name]
        do {
            names = try Name.names(of: request)
        } catch {
            return .failed("\(error)")
        }
        do {
            switch request.action {
            case .delete: return try await delete(request, names)
            case .untag: return try await untag(request, names)
            }
        } catch let error as EngineError where error.reason != .unreachable && error.reason != .forbidden {
            return .failed("\(error)")
        }
    }

    private func delete(_ request: DeletionRequest, _ names: [Name]) async throws -> DeletionOutcome {
        guard let image = try await image(request.digest) else { return .gone }
        for name in names {
            if let elsewhere = try await target(of: name), elsewhere != request.digest {
                return .moved("\(name) leads to \(elsewhere) now")
            }
        }
        let known = Set(names.map(\.text))
        let others = image.tags.filter { !known.contains($0) && Name.repository(of: $0) == request.repository }.sorted()
        if !others.isEmpty {
            return .moved("\(others.joined(separator: ", ")), not in the plan, would go, too")
        }
        if let user = try await user(of: request.digest) { return .refused("the container \(user) uses it") }
        try Task.checkCancellation()
        // Seen to its end, also when the task is cancelled meanwhile: half of the names would be a state of its own.
        return try await Task { try await remove(request, image, names) }.value
    }

    private func remove(_ request: DeletionRequest, _ image: Image, _ names: [Name]) async throws -> DeletionOutcome {
        if image.isList {
            // A manifest list goes with all its names.
            if let other = image.tags.first(where: { Name.repository(of: $0) != request.repository }) {
                return .refused("the manifest list is \(other), too; untag it there first")
            }
            return try await remove(list: request.digest)
        }
        for name in names where try await target(of: name) == request.digest {
            if let obstacle = try await remove(name.text) { return obstacle }
        }
        guard let rest = try await self.image(request.digest) else { return .deleted }
        // Another repository's names keep it, and are another deletion's matter.
        guard rest.tags.allSatisfy({ Name.repository(of: $0) == request.repository }) else { return .deleted }
        if let obstacle = try await remove(client.path(of: request.digest, session)) {
            guard case .refused(let reason) = obstacle, !names.isEmpty else { return obstacle }
            return .refused("its names are gone, and it stays: \(reason)")
        }
        guard try await self.image(request.digest) != nil else { return .deleted }
        return .failed("the engine took the deletion and has \(request.digest) all the same; see its log")
    }

    private func untag(_ request: DeletionRequest, _ names: [Name]) async throws -> DeletionOutcome {
        guard let image = try await image(request.digest) else { return .gone }
        guard !image.isList else {
            return .refused("Podman takes no single name away from a manifest list; see `podman untag`")
        }
        guard image.isKept(without: Set(names.map(\.text)), in: request.repository) else {
            return .moved("no other name keeps \(request.digest) any more")
        }
        var outcomes: [DeletionOutcome] = []
        for name in names {
            try Task.checkCancellation()
            switch try await target(of: name) {
            case nil: outcomes.append(.gone)
            case request.digest:
                outcomes.append(try await Task { try await remove(name.text) ?? .deleted }.value)
            case .some(let elsewhere): outcomes.append(.moved("\(name) leads to \(elsewhere) now"))
            }
        }
        return .combined(outcomes)
    }

    /// Removes a name, or an image by ID. Nil when it is gone.
    private func remove(_ name: String) async throws -> DeletionOutcome? {
        do {
            // Both engines' own default: what was built from goes along when nothing else holds it.
            _ = try await client.send(.DELETE, "\(session.prefix)/images/\(name)", [("force", "false")])
            return nil
        } catch let error as EngineError {
            return try await obstacle(error) { try await exists(name) }
        }
    }

    private func remove(list digest: Digest) async throws -> DeletionOutcome {
        do {
            _ = try await client.send(.DELETE, "\(session.prefix)/manifests/\(digest.hex)")
            return .deleted
        } catch let error as EngineError {
            return try await obstacle(error) { try await image(digest) != nil } ?? .deleted
        }
    }

    /// What a failed deletion means; nil when the thing is gone all the same.
    private func obstacle(_ error: EngineError, isThere: () async throws -> Bool) async throws -> DeletionOutcome? {
        switch error.reason {
        case .status(404): return nil
        case .status(409), .status(403), .status(405): return .refused(error.detail)
        case .cut, .timedOut, .status(500...):
            // The engine may have done it before it failed to say so.
            return try await isThere() ? .failed("\(error)") : nil
        default: throw error
        }
    }
}
