import Foundation
import ImageModel
import Observations

extension RepositoryReader {
    /// What looking for a manifest brought.
    private enum Look: Sendable {
        case present(ManifestNode)
        case unreadable(ManifestNode, ImageModelError)
        case missing
        /// What the registry delivers is not what was asked for.
        case broken(HTTPFailure)
        case unknown(HTTPFailure)
    }

    /// Reads manifests and all that they lead to: entries of indexes, and referrers. Returns those that are there and
    /// were not met before in this repository.
    mutating func walk(_ roots: [Candidate]) async throws -> [ManifestNode] {
        var nodes: [ManifestNode] = []
        var frontier = roots
        var depth = 0
        while !frontier.isEmpty {
            guard depth <= RegistryOptions.depthLimit else {
                for candidate in frontier where presence[candidate.digest] == nil {
                    presence[candidate.digest] = .unknown
                    isComplete = false
                    crawl.tallies.manifests.problem(
                        "\(name)@\(candidate.digest)", "nested deeper than \(RegistryOptions.depthLimit)",
                        hint: "look at who pushed it")
                }
                break
            }
            var level = try await look(frontier)
            level = try await addConfigurations(to: level)
            level = try await addSizes(to: level)
            frontier = level.flatMap(\.children)
            frontier += try await referrers(of: level)
            frontier = frontier.filter { presence[$0.digest] == nil }
            nodes += level
            depth += 1
        }
        return nodes
    }

    private mutating func look(_ frontier: [Candidate]) async throws -> [ManifestNode] {
        var fresh: [Candidate] = []
        for candidate in frontier where presence[candidate.digest] == nil {
            presence[candidate.digest] = .unknown
            fresh.append(candidate)
        }
        let items = items
        let unknown = fresh.map(\.digest).filter { items.children(of: $0) == nil }
        let stored = try await crawl.fetcher.stored(unknown)
        let looker = Looker(client: client, fetcher: crawl.fetcher, items: items, repository: name)
        let looks = try await concurrently(fresh, width: width) { candidate in
            try await looker.look(candidate, stored: stored[candidate.digest])
        }
        var nodes: [ManifestNode] = []
        for (candidate, look) in zip(fresh, looks) {
            let place = "\(name)@\(candidate.digest)"
            switch look {
            case .present(let node):
                presence[candidate.digest] = .present
                nodes.append(node)
            case .unreadable(let node, let error):
                presence[candidate.digest] = .present
                isComplete = false
                nodes.append(node)
                crawl.tallies.manifests.problem(place, "\(error)", hint: "look at who pushed it")
            case .missing:
                presence[candidate.digest] = .missing
                // Behind a tag it may only have moved on; that is looked at where tags are.
                guard !candidate.isProven else { continue }
                crawl.tallies.manifests.problem(
                    place, "is not there, though an index or referrers list names it",
                    hint: "push it again, or delete what refers to it")
            case .broken(let failure):
                presence[candidate.digest] = candidate.isProven ? .unknown : .missing
                isComplete = false
                crawl.tallies.manifests.problem(place, failure)
            case .unknown(let failure):
                isComplete = false
                crawl.tallies.manifests.problem(place, failure)
            }
        }
        return nodes
    }

    private struct Looker: Sendable {
        let client: RegistryClient
        let fetcher: DocumentFetcher
        let items: EmittedItems
        let repository: String

        func look(_ candidate: Candidate, stored: StoredDocument?) async throws -> Look {
            do {
                if let children = items.children(of: candidate.digest) {
                    guard try await isThere(candidate) else { return .missing }
                    return .present(ManifestNode(candidate: candidate, content: .known(children: children)))
                }
                if let stored {
                    guard try await isThere(candidate) else { return .missing }
                    return parse(stored, candidate)
                }
                let (document, isFetchedHere) = try await fetcher.document(candidate.digest) {
                    try await client.manifest(candidate.digest.description, in: repository)
                }
                if !isFetchedHere, try await !isThere(candidate) { return .missing }
                return parse(document, candidate)
            } catch let failure as HTTPFailure {
                if failure.isNotFound { return .missing }
                switch failure.reason {
                case .invalidBody, .tooLarge: return .broken(failure)
                default: return .unknown(failure)
                }
            }
        }

        private func isThere(_ candidate: Candidate) async throws -> Bool {
            if candidate.isProven { return true }
            do {
                _ = try await client.head(candidate.digest.description, in: repository)
                return true
            } catch let failure as HTTPFailure where failure.isNotFound {
                return false
            }
        }

        private func parse(_ document: StoredDocument, _ candidate: Candidate) -> Look {
            let type = document.mediaType.map { MediaType($0) }
            var node = ManifestNode(
                candidate: candidate, content: .unreadable, mediaType: type?.rawValue,
                byteCount: document.content.count)
            do throws(ImageModelError) {
                node.content = .parsed(try ManifestDocument.parse(document.content, contentType: type))
                return .present(node)
            } catch {
                return .unreadable(node, error)
            }
        }
    }
}
