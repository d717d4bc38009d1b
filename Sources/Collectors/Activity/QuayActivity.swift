import Foundation
import ImageModel
import Observations

/// Quay (endpoints/api/tag.py, `listRepoTags`): since when a tag points where it does. Pulls are not told by tag.
struct QuayActivity: ActivitySource {
    private struct Page: Decodable {
        struct Tag: Decodable {
            var name: String
            var start_ts: ActivitySeconds?
            var end_ts: ActivitySeconds?
            var manifest_digest: ActivityDigest?

            /// What tells one row of a name's history from the others.
            var row: String { "\(name) \(start_ts?.date?.timeIntervalSince1970 ?? 0)" }
        }
        var tags: [Tag]
        var has_additional: Bool?
    }

    private let client: ActivityClient
    private let now: @Sendable () -> Date

    init(client: ActivityClient, now: @escaping @Sendable () -> Date = { Date() }) {
        self.client = client
        self.now = now
    }

    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws {
        let name = repository.split(separator: "/").map { percentEncode(String($0)) }.joined(separator: "/")
        let path = "/api/v1/repository/\(name)/tag/"
        var pages = ActivityPages()
        while true {
            let query = "?limit=100&page=\(pages.page + 1)&onlyActiveTags=true"
            let page = try await client.get(Page.self, path + query).body
            let isNew = pages.bringsNews(page.tags.map(\.row))
            try await take(alive(page.tags, in: repository))
            guard page.has_additional == true else { return }
            guard isNew else { throw client.invalid(path, "its pages go on without anything new") }
        }
    }

    /// One name has a row for each time it was moved; those that have ended are history, which older versions list
    /// whatever they are asked.
    private func alive(_ tags: [Page.Tag], in repository: String) -> ActivityPage {
        var page = ActivityPage()
        let now = now()
        for tag in tags where tag.end_ts?.date.map({ $0 > now }) ?? true {
            guard let digest = tag.manifest_digest?.digest else {
                page.tagsWithoutDigest.append(tag.name)
                continue
            }
            page.entries.append(
                ActivityObservation(
                    repository: repository, digest: digest, tag: tag.name, pushedAt: tag.start_ts?.date))
        }
        return page
    }
}
