import Foundation
import ImageModel
import NIOHTTP1

extension RegistryDeletionTarget {
    /// Takes one tag away and leaves what it leads to, where the registry can.
    func untag(_ tag: String, of request: DeletionRequest) async throws -> DeletionOutcome {
        let call = Self.deletion(of: tag, in: request.repository)
        var backoff = client.backoff()
        var mayBeDone = false
        while true {
            let target = try await target(of: tag, in: request.repository)
            guard let target else { return mayBeDone ? .deleted : .gone }
            guard target == request.digest else { return .moved("\(tag) leads to \(target) now") }
            guard !deletesManifestsByTag else {
                return .refused("\(tag) stays: this registry deletes the manifest together with a tag")
            }
            try Task.checkCancellation()
            do {
                return try await toTheEnd { try await self.send(call, untagging: tag, of: request) }
            } catch let failure as HTTPFailure {
                if failure.status != 429 { mayBeDone = true }
                try await client.pause(after: failure, of: call, &backoff)
            }
        }
    }

    private func send(
        _ call: RegistryClient.Call, untagging tag: String, of request: DeletionRequest
    ) async throws -> DeletionOutcome {
        do {
            _ = try await client.sendOnce(call)
        } catch let failure as HTTPFailure where failure.isNotFound {
            return .gone
        } catch let failure as HTTPFailure where [400, 405, 501].contains(failure.status) {
            // distribution 2.x answers 400 DIGEST_INVALID, Harbor and others 405.
            return .refused(
                "\(tag) stays: this registry takes no tag away without its manifest (\(failure)); leave it, or push another manifest to the tag and delete that one, as `regctl tag delete` does"
            )
        }
        // Before anything else: if the manifest went with its tag, no other tag may follow.
        guard try await isThere(request.digest, in: request.repository) else {
            deletesManifestsByTag = true
            return .failed("the registry deleted the manifest \(request.digest) together with the tag \(tag)")
        }
        guard try await becomes({ try await self.target(of: tag, in: request.repository) != request.digest }) else {
            return .failed("the registry took the deletion of the tag \(tag) and serves it all the same; see its log")
        }
        tags?.forget(tag: tag)
        return .deleted
    }

    /// Where a tag leads; nil when it is not there.
    private func target(of tag: String, in repository: String) async throws -> Digest? {
        do {
            return try await client.head(tag, in: repository).0.digest
        } catch let failure as HTTPFailure where failure.isNotFound {
            return nil
        }
    }

    /// A request to delete. Its token needs both rights (distribution: docs/spec/auth/scope.md).
    static func deletion(of reference: String, in repository: String) -> RegistryClient.Call {
        RegistryClient.Call(
            method: .DELETE, path: "/v2/\(repository)/manifests/\(reference)",
            scope: "repository:\(repository):pull,delete", limit: HTTPFailure.diagnosticByteLimit)
    }

    /// Whether something comes to be so, at once or after some waits: registries may delete a little later than they say.
    func becomes(_ isSo: () async throws -> Bool) async throws -> Bool {
        var wait = client.retry.shortest
        for _ in 0..<max(1, client.retry.retries) {
            if try await isSo() { return true }
            wait = client.retry.wait(after: wait)
            try await client.retry.sleep(wait)
        }
        return try await isSo()
    }

    /// Runs to the end, also when the task is cancelled meanwhile: nobody else would know what came of it.
    func toTheEnd(
        _ body: @escaping @Sendable () async throws -> DeletionOutcome
    ) async throws -> DeletionOutcome {
        try await Task { try await body() }.value
    }

    /// What a failed request means for the deletion.
    static func outcome(of failure: HTTPFailure) -> DeletionOutcome {
        switch failure.status {
        case 405, 501:
            .refused(
                "\(failure); switch deletion on (distribution: storage.delete.enabled) and read-only mode off, or use the registry's own clean-up"
            )
        case 409, 412, 423: .refused("\(failure); see the registry's rules for immutable tags and retention")
        default: failure.isDenied ? .refused("\(failure); use credentials that may delete") : .failed("\(failure)")
        }
    }
}
