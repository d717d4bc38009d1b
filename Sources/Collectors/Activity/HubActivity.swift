import Foundation
import ImageModel
import NIOHTTP1
import Observations

/// Docker Hub (Hub API, "List repository tags"): times of tags, and of the manifest of each platform.
struct HubActivity: ActivitySource {
    private struct Page: Decodable {
        var results: [Tag]?
        var next: String?
    }

    private struct Tag: Decodable {
        struct Image: Decodable {
            var digest: ActivityDigest?
            var last_pushed: ActivityTime?
            var last_pulled: ActivityTime?
        }
        var name: String
        var digest: ActivityDigest?
        var tag_last_pushed: ActivityTime?
        var tag_last_pulled: ActivityTime?
        var images: [Image]?
    }

    private let client: ActivityClient
    private let recordsPulls: Bool

    init(client: ActivityClient, recordsPulls: Bool) {
        self.client = client
        self.recordsPulls = recordsPulls
    }

    /// Asks with a token of Hub's API, which lasts some minutes and is made anew then.
    static func access(_ credentials: Credentials, _ listing: HubListing) -> ActivityClient.Access {
        guard case .basic = credentials else { return .header(nil) }
        let token = OnceOnly { try await listing.token(credentials).map { "Bearer \($0)" } }
        return ActivityClient.Access(
            prepare: { $0.authorization = try await token.value() },
            renew: { refused in
                guard refused != nil else { return false }
                await token.forget()
                return true
            })
    }

    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws {
        let parts = repository.split(separator: "/").map(String.init)
        guard (1...2).contains(parts.count), let name = parts.last else {
            throw client.invalid("/v2", "\(quoted(repository)) is no repository of Docker Hub's")
        }
        let namespace = parts.count == 2 ? parts[0] : "library"
        var path: String? =
            "/v2/namespaces/\(percentEncode(namespace))/repositories/\(percentEncode(name))/tags?page=1&page_size=100"
        var visited: Set<String> = []
        var pages = ActivityPages()
        while let here = path {
            let page = try await client.get(Page.self, here).body
            let tags = page.results ?? []
            let isNew = pages.bringsNews(tags.map(\.name))
            try await take(self.page(tags, of: repository))
            guard let next = page.next, !next.isEmpty else { return }
            path = LinkHeader.resolve(Substring(next), against: here)
            guard let path else { throw client.invalid(here, "its next page is no address") }
            guard visited.insert(here).inserted, !visited.contains(path), isNew else {
                throw client.invalid(here, "its pages lead in a circle")
            }
        }
    }

    private func page(_ tags: [Tag], of repository: String) -> ActivityPage {
        var page = ActivityPage()
        for tag in tags {
            if let digest = tag.digest?.digest {
                page.entries.append(
                    ActivityObservation(
                        repository: repository, digest: digest, tag: tag.name, pushedAt: tag.tag_last_pushed?.date,
                        pulledAt: tag.tag_last_pulled?.date, recordsPulls: recordsPulls))
            } else {
                page.tagsWithoutDigest.append(tag.name)
            }
            for image in tag.images ?? [] {
                guard let digest = image.digest?.digest else { continue }
                page.entries.append(
                    ActivityObservation(
                        repository: repository, digest: digest, pushedAt: image.last_pushed?.date,
                        pulledAt: image.last_pulled?.date, recordsPulls: recordsPulls))
            }
        }
        return page
    }
}
