import ImageModel
import Observations
import Synchronization

/// What manifests claim of the sizes of blobs in one store, and what the registry itself says where they disagree.
///
/// Anyone may push a manifest with a wrong size: a registry checks that the blobs are there, not what is said of them
/// (distribution, registry/storage/ocimanifesthandler.go). Only the first claim about each blob is kept, under the
/// beginning of its digest, so that a blob takes some 30 bytes. Two blobs that begin alike are taken for one in doubt,
/// and asked for; no size is ever taken from the other.
final class BlobSizes: Sendable {
    /// Who said what first.
    struct Claim: Sendable {
        var bytes: Int64
        var repository: String
        var item: Digest
    }

    private struct State {
        var claims: [UInt64: (bytes: Int64, claimant: Int32)] = [:]
        var claimants: [(repository: String, item: Digest)] = []
        /// Of the blobs that were in doubt: nil where the registry did not tell either.
        var settled: [Digest: Int64?] = [:]
    }

    private let state = Mutex(State())

    /// Notes what items of a repository claim; returns the blobs of which something else was claimed before, and which
    /// are not settled.
    func doubts(in items: [ItemObservation], of repository: String) -> [Digest] {
        state.withLock { state in
            var doubts: Set<Digest> = []
            for item in items {
                let claimant = Int32(state.claimants.count)
                var isFirst = false
                for object in item.objects where object.space == .blob {
                    guard let bytes = object.bytes, state.settled[object.key] == nil else { continue }
                    let key = Self.beginning(of: object.key)
                    if let claim = state.claims[key] {
                        if claim.bytes != bytes { doubts.insert(object.key) }
                    } else {
                        state.claims[key] = (bytes, claimant)
                        isFirst = true
                    }
                }
                if isFirst { state.claimants.append((repository, item.digest)) }
            }
            return doubts.sorted()
        }
    }

    /// Takes what the registry tells of a blob in doubt, nil when it does not; from now on that stands. Returns the
    /// first claim, to whoever settles the blob first.
    func settle(_ digest: Digest, bytes: Int64?) -> Claim? {
        state.withLock { state in
            guard state.settled[digest] == nil else { return nil }
            state.settled[digest] = .some(bytes)
            guard let claim = state.claims[Self.beginning(of: digest)] else { return nil }
            let claimant = state.claimants[Int(claim.claimant)]
            return Claim(bytes: claim.bytes, repository: claimant.repository, item: claimant.item)
        }
    }

    /// What stands of a blob: nil when it was never in doubt, and a nil size when the registry does not tell it.
    func settled(_ digest: Digest) -> Int64?? { state.withLock { $0.settled[digest] } }

    private static func beginning(of digest: Digest) -> UInt64 {
        digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
