import ImageModel
import NIOHTTP1
import Observations

/// GitLab's registry (container-registry: docs/spec/gitlab/api.md, "List Repository Tags"): when tags were published.
///
/// This is the registry's own API, with the registry's own tokens. GitLab's REST API has no push time: its `created_at`
/// is the time in the image's configuration, which the manifests told already, at a request for each tag.
struct GitLabActivity: ActivitySource {
    private struct Tag: Decodable {
        var name: String
        var digest: ActivityDigest?
        var created_at: ActivityTime?
        var updated_at: ActivityTime?
        var published_at: ActivityTime?
    }

    private let client: RegistryClient
    /// Whether the registry keeps a metadata database, and so such times.
    private let hasDatabase: OnceOnly<Bool>

    init(client: RegistryClient) {
        self.client = client
        hasDatabase = OnceOnly {
            do {
                _ = try await client.send(RegistryClient.Call(path: "/gitlab/v1/", scope: ""))
                return true
            } catch let failure as HTTPFailure where failure.isNotFound {
                return false
            } catch let failure as HTTPFailure where failure.isDenied {
                // Refused here, it may still let lists be read.
                return true
            }
        }
    }

    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws {
        guard try await hasDatabase.value() else {
            throw ActivityUnavailable(
                description: "GitLab's registry keeps push times only with its metadata database, which is not enabled")
        }
        let scope = RegistryClient.pull(repository)
        // Without the slash at its end it is redirected.
        var path: String? = "/gitlab/v1/repositories/\(repository)/tags/list/?n=1000"
        var visited: Set<String> = []
        while let here = path {
            let answer = try await client.send(RegistryClient.Call(path: here, scope: scope))
            let tags: [Tag]
            do {
                tags = try DocumentParser.decode(
                    [Tag].self, from: answer.body, as: .document, limit: RegistryOptions.listByteLimit)
            } catch {
                throw HTTPFailure(method: "GET", url: answer.url, reason: .invalidBody("\(error)"))
            }
            try await take(page(tags, of: repository))
            visited.insert(here)
            switch LinkHeader.next(answer.headers["link"], after: here) {
            case .end: return
            case .page(let next) where !visited.contains(next) && !tags.isEmpty: path = next
            case .page: throw failure(here, "its pages lead in a circle")
            case .unusable: throw failure(here, "its Link to the next page is no address")
            }
        }
    }

    private func page(_ tags: [Tag], of repository: String) -> ActivityPage {
        var page = ActivityPage()
        for tag in tags {
            guard let digest = tag.digest?.digest else {
                page.tagsWithoutDigest.append(tag.name)
                continue
            }
            // The tag was made, and moved since; which of the two was last is told by newer versions only.
            let pushed = tag.published_at?.date ?? tag.updated_at?.date ?? tag.created_at?.date
            page.entries.append(
                ActivityObservation(repository: repository, digest: digest, tag: tag.name, pushedAt: pushed))
        }
        return page
    }

    private func failure(_ path: String, _ reason: String) -> HTTPFailure {
        HTTPFailure(method: "GET", url: client.endpoint.origin + path, reason: .invalidBody(reason))
    }
}
