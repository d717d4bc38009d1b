import ImageModel
import Observations

/// How far a collection of an engine got, aspect by aspect.
struct EngineReport: Sendable {
    private(set) var aspects: [AspectStatus] = []
    /// The items that were recorded: containers are linked to these only.
    var items: Set<Digest> = []

    /// The first of the digests that was recorded as an item.
    func item(_ digests: [String?]) -> Digest? {
        for text in digests.compactMap({ $0 }) where !text.isEmpty {
            if let digest = try? Digest(text.contains(":") ? text : "sha256:" + text), items.contains(digest) {
                return digest
            }
        }
        return nil
    }

    mutating func add(_ status: AspectStatus) { aspects.append(status) }

    mutating func failed(_ aspect: String, _ error: EngineError) {
        add(AspectStatus(aspect: aspect, outcome: .failed, detail: error.detail, hint: error.hint))
    }

    /// The list of images could not be had.
    mutating func imagesFailed(_ error: EngineError) {
        failed(Aspect.repositories, error)
        failed("images", error)
    }

    /// Whether the engine told its own figures; false when its API has none.
    mutating func diskUsage(_ told: Result<Bool, EngineError>) {
        let aspect = "disk usage"
        switch told {
        case .success(true): add(AspectStatus(aspect: aspect, outcome: .complete, seen: 1))
        case .success(false):
            add(AspectStatus(aspect: aspect, outcome: .notAvailable, detail: "the engine states no sum of its images"))
        case .failure(let error): failed(aspect, error)
        }
    }
}
