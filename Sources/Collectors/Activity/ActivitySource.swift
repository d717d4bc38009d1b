package import Observations

/// Reads push and pull times through a registry product's own API. No manifest is fetched for it: that would be a pull.
package protocol ActivitySource: Sendable {
    /// Hands over the times of a repository, page by page.
    ///
    /// - Throws: ``HTTPFailure``; ``ActivityUnavailable`` when the product has no such times at all; what `take` throws.
    func read(_ repository: String, _ take: (ActivityPage) async throws -> Void) async throws
    /// What the operator can do about a failure.
    func hint(_ failure: HTTPFailure) -> String
}

extension ActivitySource {
    package func hint(_ failure: HTTPFailure) -> String {
        switch failure.status {
        case 401?, 403?: "give credentials that may read the product's own API (docs/configuration.md, activity)"
        case 404?: "check that the registry is of this product, and the address of its API"
        default: failure.hint
        }
    }
}

/// A page of what a product tells.
package struct ActivityPage: Sendable, Equatable {
    package var entries: [ActivityObservation]
    /// Tags that come without a digest: nothing can be said of what they point to.
    package var tagsWithoutDigest: [String]

    package init(_ entries: [ActivityObservation] = [], tagsWithoutDigest: [String] = []) {
        self.entries = entries
        self.tagsWithoutDigest = tagsWithoutDigest
    }
}

/// A product, as it is set up, keeps no such times.
package struct ActivityUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why, lower-case.
    package var description: String
}
