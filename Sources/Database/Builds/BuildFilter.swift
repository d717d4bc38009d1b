package import Foundation

/// Which builds are read. What is nil is not asked for.
package struct BuildFilter: Sendable, Equatable {
    package var source: String?
    package var project: String?
    package var target: String?
    package var dockerfile: String?
    package var branch: String?
    package var builder: String?
    /// Builds that started then or later; those of unknown start are not among them.
    package var since: Date?
    /// Builds that started before.
    package var until: Date?
    /// The newest so many.
    package var limit: Int?

    package init(
        source: String? = nil, project: String? = nil, target: String? = nil, dockerfile: String? = nil,
        branch: String? = nil, builder: String? = nil, since: Date? = nil, until: Date? = nil, limit: Int? = nil
    ) {
        self.source = source
        self.project = project
        self.target = target
        self.dockerfile = dockerfile
        self.branch = branch
        self.builder = builder
        self.since = since
        self.until = until
        self.limit = limit
    }
}
