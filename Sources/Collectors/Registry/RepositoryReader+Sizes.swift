import ImageModel
import Observations

extension RepositoryReader {
    /// Puts the sizes right of blobs of which manifests claim different ones: the registry is asked once for each, what
    /// it says is used for all, and who claims otherwise is named. Where the registry does not tell, the size is not
    /// known.
    mutating func settleSizes(_ items: [ItemObservation]) async throws -> [ItemObservation] {
        let sizes = self.items.sizes
        let doubts = sizes.doubts(in: items, of: name)
        let (client, name) = (client, name)
        let outcomes = try await concurrently(doubts, width: width) { digest -> Result<Int64?, HTTPFailure> in
            do {
                return .success(try await client.blobSize(digest, in: name))
            } catch let failure as HTTPFailure {
                guard failure.isNotFound else { return .failure(failure) }
            }
            // A manifest may be listed as if it were a blob.
            do {
                return .success(Int64(try await client.manifest(digest.description, in: name).content.count))
            } catch let failure as HTTPFailure {
                return .failure(failure)
            }
        }
        let own = Set(items.map(\.digest))
        for (digest, outcome) in zip(doubts, outcomes) {
            if case .failure(let failure) = outcome {
                if !failure.isNotFound { isComplete = false }
                crawl.tallies.manifests.problem("\(name): size of blob \(digest)", failure)
            }
            let told = try? outcome.get()
            guard let claim = sizes.settle(digest, bytes: told), !own.contains(claim.item) else { continue }
            blame(claim.bytes, of: digest, by: claim.item, in: claim.repository, truth: told)
        }
        return items.map(settle)
    }

    private func settle(_ item: ItemObservation) -> ItemObservation {
        var item = item
        var named: Set<Digest> = []
        for position in item.objects.indices {
            let object = item.objects[position]
            // The item's own document is here: its size is no claim.
            guard object.space == .blob, object.key != item.digest, let claimed = object.bytes,
                let truth = items.sizes.settled(object.key)
            else { continue }
            if named.insert(object.key).inserted {
                blame(claimed, of: object.key, by: item.digest, in: name, truth: truth)
            }
            item.objects[position].bytes = truth
            item.objects[position].isMeasured = truth != nil
            // An uncompressed layer is its own tar.
            if object.uncompressedBytes != nil, object.diffID == object.key {
                item.objects[position].uncompressedBytes = truth
            }
        }
        return item
    }

    /// Names a manifest that claims a wrong size, or one that nothing bears out.
    private func blame(_ claimed: Int64, of blob: Digest, by item: Digest, in repository: String, truth: Int64?) {
        guard claimed != truth else { return }
        let reason =
            truth.map { "says that blob \(blob) has \(claimed) bytes, and it has \($0)" }
            ?? "says that blob \(blob) has \(claimed) bytes, others say otherwise, and the registry does not tell"
        crawl.tallies.manifests.problem(
            "\(repository)@\(item)", reason, hint: "look at who pushed it: push it again with true sizes, or delete it")
    }
}
