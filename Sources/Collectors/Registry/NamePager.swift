import Foundation
import ImageModel
import NIOHTTP1

/// Reads a list of names page by page: the catalog's repositories, or a repository's tags.
struct NamePager {
    /// Which list.
    enum List: Sendable {
        case catalog
        case tags(repository: String)
    }

    private struct Page: Decodable {
        var repositories: [String]?
        var tags: [String]?
    }

    /// The most names that a page is asked for: what distribution and ECR allow.
    private static let pageSizes: [Int?] = [1000, 100, nil]
    /// Pages in a row that bring nothing new, after which a list is taken to go in circles.
    private static let emptyPageLimit = 3
    private let client: RegistryClient
    private let list: List
    private let root: String
    private let scope: String
    private var next: String?
    private var sizes = pageSizes[...]
    private var hasStarted = false
    private var visited: Set<String> = []
    private var seen: Set<String> = []
    private var emptyPages = 0
    /// Why the list ends before its end, to be told after what was read.
    private var interruption: HTTPFailure?

    init(_ list: List, client: RegistryClient) {
        self.client = client
        self.list = list
        switch list {
        case .catalog: (root, scope) = ("/v2/_catalog", "registry:catalog:*")
        case .tags(let repository):
            (root, scope) = ("/v2/\(repository)/tags/list", RegistryClient.pull(repository))
        }
        next = root
    }

    /// The names of the next page that were not there before; nil at the end. Throws ``HTTPFailure``.
    mutating func page() async throws -> [String]? {
        if let interruption { throw interruption }
        guard let path = next else { return nil }
        let answer = try await hasStarted ? client.send(RegistryClient.Call(path: path, scope: scope)) : first()
        hasStarted = true
        let fresh = try decode(answer).filter { seen.insert($0).inserted }
        emptyPages = fresh.isEmpty ? emptyPages + 1 : 0
        next = nil
        switch LinkHeader.next(answer.headers["link"], after: path) {
        case .end: break
        case .unusable: interruption = failure(path, "its Link to the next page is no address")
        case .page(let following):
            if !visited.insert(following).inserted {
                interruption = failure(path, "its pages lead in a circle")
            } else if emptyPages >= Self.emptyPageLimit {
                interruption = failure(path, "its pages go on without anything new")
            } else {
                next = following
            }
        }
        return fresh
    }

    /// The first page, with fewer names asked for when the registry finds them too many (distribution answers 400).
    private mutating func first() async throws -> HTTPAnswer {
        while let size = sizes.popFirst() {
            do {
                return try await client.send(
                    RegistryClient.Call(path: root + (size.map { "?n=\($0)" } ?? ""), scope: scope))
            } catch let failure as HTTPFailure where failure.status == 400 && !sizes.isEmpty {
                continue
            }
        }
        throw failure(root, "no page size is taken")
    }

    private func decode(_ answer: HTTPAnswer) throws -> [String] {
        do {
            let page = try DocumentParser.decode(
                Page.self, from: answer.body, as: .document, limit: RegistryOptions.listByteLimit)
            switch list {
            case .catalog: return page.repositories ?? []
            case .tags: return page.tags ?? []
            }
        } catch {
            throw HTTPFailure(method: "GET", url: answer.url, reason: .invalidBody("\(error)"))
        }
    }

    private func failure(_ path: String, _ reason: String) -> HTTPFailure {
        HTTPFailure(method: "GET", url: client.endpoint.origin + path, reason: .invalidBody(reason))
    }
}
