import ImageModel
import NIOHTTP1
import Observations

/// Docker Trusted Registry and Mirantis Secure Registry up to 3 (API v0, as Harbor's `src/pkg/reg/adapter/dtr` reads it):
/// when tags were pushed. Pulls are not told by tag. MSR 4 is a Harbor.
struct DTRActivity: ActivitySource {
    private struct Tag: Decodable {
        var name: String
        var digest: ActivityDigest?
        var createdAt: ActivityTime?
        var updatedAt: ActivityTime?
    }

    private let client: ActivityClient

    init(client: ActivityClient) { self.client = client }

    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws {
        let parts = repository.split(separator: "/").map { percentEncode(String($0)) }
        guard parts.count == 2 else {
            throw client.invalid("/api/v0", "\(quoted(repository)) is no repository of DTR's")
        }
        let path = "/api/v0/repositories/\(parts[0])/\(parts[1])/tags?pageSize=100"
        var start = ""
        var starts: Set<String> = []
        repeat {
            let (tags, headers) = try await client.get(
                [Tag].self, path + (start.isEmpty ? "" : "&pageStart=\(percentEncode(start))"))
            var page = ActivityPage()
            for tag in tags {
                guard let digest = tag.digest?.digest else {
                    page.tagsWithoutDigest.append(tag.name)
                    continue
                }
                page.entries.append(
                    ActivityObservation(
                        repository: repository, digest: digest, tag: tag.name,
                        pushedAt: tag.updatedAt?.date ?? tag.createdAt?.date))
            }
            try await take(page)
            start = headers.first(name: "x-next-page-start") ?? ""
            guard start.isEmpty || starts.insert(start).inserted else {
                throw client.invalid(path, "its pages lead in a circle")
            }
        } while !start.isEmpty
    }
}
