import ImageModel
import NIOHTTP1
import Observations

/// Harbor 2 (swagger.yaml, `listArtifacts`): times of artifacts and of their tags. Entries of an index are not listed;
/// pulling one raises the index's own time.
struct HarborActivity: ActivitySource {
    private struct Artifact: Decodable {
        struct Tag: Decodable {
            var name: String
            var push_time: ActivityTime?
            var pull_time: ActivityTime?
        }
        var digest: Digest
        var push_time: ActivityTime?
        var pull_time: ActivityTime?
        var tags: [Tag]?
    }

    private struct Settings: Decodable {
        struct Flag: Decodable { var value: Bool }
        var pull_time_update_disable: Flag?
    }

    /// What Harbor allows.
    private static let pageSize = 100
    private let client: ActivityClient
    private let records: OnceOnly<Bool>

    init(client: ActivityClient, recordsPulls: Bool) {
        self.client = client
        // Only an administrator may see the setting. Who may not is told nothing, and Harbor records by default.
        records = OnceOnly {
            guard recordsPulls else { return false }
            do {
                let settings = try await client.get(Settings.self, "/api/v2.0/configurations").body
                return settings.pull_time_update_disable?.value != true
            } catch let failure as HTTPFailure where failure.isDenied || failure.isNotFound {
                return true
            }
        }
    }

    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws {
        guard let slash = repository.firstIndex(of: "/") else {
            throw client.invalid("/api/v2.0", "\(quoted(repository)) belongs to no project of Harbor's")
        }
        // A slash in the name below the project is encoded twice, for Harbor's proxy undoes it once.
        let name = percentEncode(percentEncode(String(repository[repository.index(after: slash)...])))
        let path = "/api/v2.0/projects/\(percentEncode(String(repository[..<slash])))/repositories/\(name)/artifacts"
        let recordsPulls = try await records.value()
        var pages = ActivityPages()
        while true {
            let query = "?page=\(pages.page + 1)&page_size=\(Self.pageSize)&with_tag=true"
            let (artifacts, headers) = try await client.get([Artifact].self, path + query)
            let isNew = pages.bringsNews(artifacts.map(\.digest.description))
            try await take(ActivityPage(artifacts.flatMap { entries($0, repository, recordsPulls) }))
            // The address that Link gives may undo the double encoding: only that there is one counts.
            let total = headers.first(name: "x-total-count").flatMap { Int($0) } ?? 0
            let links = headers["link"]
            let goesOn = links.isEmpty ? total > pages.count : LinkHeader.next(links, after: path) != .end
            guard goesOn else { return }
            guard isNew else { throw client.invalid(path, "its pages go on without anything new") }
        }
    }

    private func entries(_ artifact: Artifact, _ repository: String, _ recordsPulls: Bool) -> [ActivityObservation] {
        func entry(_ tag: String, _ pushed: ActivityTime?, _ pulled: ActivityTime?) -> ActivityObservation {
            ActivityObservation(
                repository: repository, digest: artifact.digest, tag: tag, pushedAt: pushed?.date,
                pulledAt: pulled?.date, recordsPulls: recordsPulls)
        }
        return [entry("", artifact.push_time, artifact.pull_time)]
            + (artifact.tags ?? []).map { entry($0.name, $0.push_time, $0.pull_time) }
    }
}
