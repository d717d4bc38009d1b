import Foundation
import ImageModel
import NIOHTTP1
import Observations

/// What a tag points to.
struct ManifestHead: Sendable, Equatable {
    var digest: Digest
    var mediaType: String?
}

extension RegistryClient {
    private static let accept = MediaType.manifests.map(\.rawValue).joined(separator: ", ")

    static func pull(_ repository: String) -> String { "repository:\(repository):pull" }

    /// Asks the API's root (distribution-spec, "Determining Support"). A registry that wants credentials says here
    /// which. Throws ``HTTPFailure`` when nothing there is a registry.
    func probe() async throws {
        do {
            _ = try await send(Call(path: "/v2/", scope: "", limit: HTTPFailure.diagnosticByteLimit))
        } catch let failure as HTTPFailure where failure.isDenied && authorization.isChallenged {
            // Refused here, it may still let parts be read.
        }
    }

    /// Resolves a tag or digest without fetching the manifest. A registry that does not tell the digest in the header
    /// is asked for the manifest itself. Throws ``HTTPFailure``.
    func head(_ reference: String, in repository: String) async throws -> (ManifestHead, StoredDocument?) {
        let path = "/v2/\(repository)/manifests/\(reference)"
        do {
            let answer = try await send(
                Call(method: .HEAD, path: path, scope: Self.pull(repository), accept: Self.accept))
            if let text = answer.headers.first(name: "docker-content-digest"), let digest = try? Digest(text) {
                return (ManifestHead(digest: digest, mediaType: answer.headers.first(name: "content-type")), nil)
            }
        } catch let failure as HTTPFailure where failure.status == 405 || failure.status == 501 {
            // Some proxies know no HEAD.
        }
        let document = try await manifest(reference, in: repository)
        return (ManifestHead(digest: document.digest, mediaType: document.mediaType), document)
    }

    /// Fetches a manifest by tag or digest; by digest, its content is verified. Throws ``HTTPFailure``.
    func manifest(_ reference: String, in repository: String) async throws -> StoredDocument {
        let call = Call(
            path: "/v2/\(repository)/manifests/\(reference)", scope: Self.pull(repository), accept: Self.accept,
            limit: ManifestDocument.byteLimit, isCounted: true)
        return try await twiceIfBroken {
            let answer = try await self.send(call)
            let mediaType = answer.headers.first(name: "content-type")
            let content = SignedManifest.payload(of: answer.body, mediaType: mediaType) ?? answer.body
            let named = try? Digest(reference)
            let digest = Digest.of(content, algorithm: named?.algorithm ?? .sha256)
            try self.verify(digest, is: named, answer: answer)
            return StoredDocument(digest: digest, mediaType: mediaType, content: content)
        }
    }

    /// Fetches a blob by digest and verifies it. Throws ``HTTPFailure``.
    func blob(_ digest: Digest, in repository: String, limit: Int) async throws -> StoredDocument {
        let call = Call(
            path: "/v2/\(repository)/blobs/\(digest)", scope: Self.pull(repository), limit: limit)
        return try await twiceIfBroken {
            let answer = try await self.send(call)
            try self.verify(Digest.of(answer.body, algorithm: digest.algorithm), is: digest, answer: answer)
            return StoredDocument(digest: digest, mediaType: nil, content: answer.body)
        }
    }

    /// The size of a blob, which is not fetched. Nil when the registry does not say. Throws ``HTTPFailure``.
    func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        let answer = try await send(
            Call(method: .HEAD, path: "/v2/\(repository)/blobs/\(digest)", scope: Self.pull(repository)))
        return answer.headers.first(name: "content-length").flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    private func verify(_ digest: Digest, is named: Digest?, answer: HTTPAnswer) throws {
        if let named, named != digest {
            throw HTTPFailure(
                method: "GET", url: answer.url, reason: .invalidBody("its digest is \(digest), not \(named)"))
        }
    }

    /// Content that does not fit its digest may have been broken on the way: it is fetched once more.
    private func twiceIfBroken(_ fetch: () async throws -> StoredDocument) async throws -> StoredDocument {
        do {
            return try await fetch()
        } catch let failure as HTTPFailure {
            guard case .invalidBody = failure.reason else { throw failure }
            transport.countRetry()
            return try await fetch()
        }
    }
}
