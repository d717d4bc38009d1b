import Foundation
import ImageModel
import NIOHTTP1
import Observations

extension RepositoryReader {
    /// Reads the configurations of images.
    mutating func addConfigurations(to level: [ManifestNode]) async throws -> [ManifestNode] {
        let wanted = Set(level.compactMap { $0.wantedConfiguration?.digest })
        guard !wanted.isEmpty else { return level }
        let (client, name, fetcher) = (client, name, crawl.fetcher)
        let stored = try await fetcher.stored(wanted.sorted())
        let outcomes = try await concurrently(wanted.sorted(), width: width) {
            digest -> (StoredDocument?, Result<ImageConfiguration, ConfigurationProblem>) in
            let document: StoredDocument
            do {
                if let known = stored[digest] {
                    document = known
                } else {
                    document = try await fetcher.document(digest) {
                        try await client.blob(digest, in: name, limit: DocumentParser.configurationByteLimit)
                    }.document
                }
            } catch let failure as HTTPFailure {
                return (nil, .failure(.failed(failure)))
            }
            do throws(ImageModelError) {
                return (document, .success(try DocumentParser.configuration(document.content)))
            } catch {
                return (document, .failure(.invalid(error)))
            }
        }
        let found = Dictionary(uniqueKeysWithValues: zip(wanted.sorted(), outcomes))
        return level.map { node in
            guard let digest = node.wantedConfiguration?.digest, let (document, outcome) = found[digest] else {
                return node
            }
            var node = node
            node.configuration = document
            switch outcome {
            case .success(let configuration): node.parsedConfiguration = configuration
            case .failure(let problem):
                node.isIncomplete = true
                note(problem, of: node, digest)
            }
            return node
        }
    }

    /// Why a configuration was not to be had.
    private enum ConfigurationProblem: Error {
        case failed(HTTPFailure)
        case invalid(ImageModelError)
    }

    private mutating func note(_ problem: ConfigurationProblem, of node: ManifestNode, _ digest: Digest) {
        let place = "\(name)@\(node.digest)"
        switch problem {
        case .failed(let failure) where failure.isNotFound:
            crawl.tallies.configurations.problem(
                place, "its configuration \(digest) is not there", hint: "push the image again, or delete it")
        case .failed(let failure):
            isComplete = false
            crawl.tallies.configurations.problem(place, failure)
        case .invalid(let error):
            crawl.tallies.configurations.problem(place, "\(error)", hint: "look at what built the image")
        }
    }

    /// Asks for the sizes that schema 1 does not tell. The blobs are not fetched.
    mutating func addSizes(to level: [ManifestNode]) async throws -> [ManifestNode] {
        let wanted = Set(level.flatMap(\.layersWithoutSize)).sorted()
        guard !wanted.isEmpty else { return level }
        let (client, name) = (client, name)
        let outcomes = try await concurrently(wanted, width: width) { digest -> Result<Int64?, HTTPFailure> in
            do {
                return .success(try await client.blobSize(digest, in: name))
            } catch let failure as HTTPFailure {
                return .failure(failure)
            }
        }
        let found = Dictionary(uniqueKeysWithValues: zip(wanted, outcomes))
        return level.map { node in
            var node = node
            for digest in node.layersWithoutSize {
                switch found[digest] {
                case .success(let size?)?: node.sizes[digest] = size
                case .failure(let failure)?:
                    node.isIncomplete = true
                    if !failure.isNotFound { isComplete = false }
                    crawl.tallies.manifests.problem("\(name)@\(node.digest)", failure)
                default:
                    node.isIncomplete = true
                    crawl.tallies.manifests.problem(
                        "\(name)@\(node.digest)", "the registry does not tell the size of layer \(digest)",
                        hint: "push the image again with a current manifest format")
                }
            }
            return node
        }
    }

    /// What refers to manifests (distribution-spec, "Listing Referrers"). A registry without this list keeps fallback
    /// tags, which are read as the tags they are.
    mutating func referrers(of level: [ManifestNode]) async throws -> [Candidate] {
        guard crawl.options.readsReferrers, listsReferrers != false, !level.isEmpty else { return [] }
        var subjects = level.map(\.digest)
        var lists: [(Digest, Result<[Candidate]?, HTTPFailure>)] = []
        let (client, name) = (client, name)
        if listsReferrers == nil {
            let first = subjects.removeFirst()
            let outcome = try await Self.referrers(of: first, in: name, client)
            if case .success(nil) = outcome {
                listsReferrers = false
                return []
            }
            if case .success = outcome { listsReferrers = true }
            lists.append((first, outcome))
        }
        lists += try await concurrently(subjects, width: width) {
            ($0, try await Self.referrers(of: $0, in: name, client))
        }
        var candidates: [Candidate] = []
        for (subject, outcome) in lists {
            switch outcome {
            case .success(let found):
                let fresh = (found ?? []).filter { presence[$0.digest] == nil }
                crawl.tallies.referrers.saw(found?.count ?? 0)
                candidates += fresh
            case .failure(let failure):
                isComplete = false
                crawl.tallies.referrers.problem("\(name)@\(subject)", failure)
            }
        }
        return candidates
    }

    /// Nil when the registry has no such list.
    private static func referrers(
        of digest: Digest, in repository: String, _ client: RegistryClient
    ) async throws -> Result<[Candidate]?, HTTPFailure> {
        var path = "/v2/\(repository)/referrers/\(digest)"
        var candidates: [Candidate] = []
        var visited: Set<String> = []
        do {
            while visited.insert(path).inserted {
                let answer = try await client.send(
                    RegistryClient.Call(
                        path: path, scope: RegistryClient.pull(repository), accept: MediaType.ociIndex.rawValue,
                        limit: ManifestDocument.byteLimit))
                func failure(_ reason: String) -> HTTPFailure {
                    HTTPFailure(method: "GET", url: answer.url, reason: .invalidBody(reason))
                }
                do {
                    guard case .index(let index) = try ManifestDocument.parse(answer.body, contentType: .ociIndex)
                    else { throw failure("it is no index") }
                    candidates += index.manifests.map { Candidate(digest: $0.digest) }
                } catch let error as ImageModelError {
                    throw failure("\(error)")
                }
                switch LinkHeader.next(answer.headers["link"], after: path) {
                case .end: return .success(candidates)
                case .unusable: throw failure("its Link to the next page is no address")
                case .page(let next): path = next
                }
            }
            throw HTTPFailure(
                method: "GET", url: client.endpoint.origin + path, reason: .invalidBody("its pages lead in a circle"))
        } catch let failure as HTTPFailure {
            let isUnsupported = [404, 405, 501].contains(failure.status) && candidates.isEmpty
            return isUnsupported ? .success(nil) : .failure(failure)
        }
    }
}
