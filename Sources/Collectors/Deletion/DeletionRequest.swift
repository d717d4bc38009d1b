package import ImageModel

/// One deletion to be made in a registry or an engine, and what must still be so just before it.
package struct DeletionRequest: Sendable, Hashable {
    /// What is done.
    package enum Action: String, Sendable, CaseIterable {
        /// The manifest (registry) or image (engine) goes, with all its names in the repository.
        case delete
        /// Only names go: the manifest or image stays.
        case untag
    }

    package var action: Action
    /// As the collectors name it; an engine's images without a name are in `<none>`.
    package var repository: String
    /// The manifest's digest, or the engine's ID of the image or list. Nothing is deleted that has another one by then.
    package var digest: Digest
    /// All names in the repository that go with it: tags, and an engine's names by digest (`sha256:…`). A tag that leads
    /// to the digest and is not among them keeps it.
    package var tags: [String]

    package init(action: Action, repository: String, digest: Digest, tags: [String] = []) {
        self.action = action
        self.repository = repository
        self.digest = digest
        self.tags = tags
    }
}

/// What came of one deletion.
package enum DeletionOutcome: Sendable, Hashable {
    case deleted
    /// It was not there any more.
    case gone
    /// Left alone: a tag leads elsewhere now, or one that the request does not know leads to the digest.
    case moved(String)
    /// Left alone: the source does not let it. Deletion is switched off, something uses it, the credentials are not
    /// enough.
    case refused(String)
    /// It was to be deleted, and is still there, or it is not known whether it is.
    case failed(String)

    /// Why it was not deleted; nil when it is no longer there.
    package var reason: String? {
        switch self {
        case .deleted, .gone: nil
        case .moved(let reason), .refused(let reason), .failed(let reason): reason
        }
    }

    /// One outcome for several names: the worst, with every reason; deleted when any was and nothing went wrong.
    static func combined(_ outcomes: [DeletionOutcome]) -> DeletionOutcome {
        let reasons = outcomes.compactMap(\.reason).joined(separator: "; ")
        let done = outcomes.count { $0.reason == nil }
        let note = reasons + (done > 0 ? " (of \(outcomes.count) names, \(done) are gone)" : "")
        if outcomes.contains(where: { if case .failed = $0 { true } else { false } }) { return .failed(note) }
        if outcomes.contains(where: { if case .refused = $0 { true } else { false } }) { return .refused(note) }
        if outcomes.contains(where: { if case .moved = $0 { true } else { false } }) { return .moved(note) }
        return outcomes.contains(.deleted) ? .deleted : .gone
    }
}
