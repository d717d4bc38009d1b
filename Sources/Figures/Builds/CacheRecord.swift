package import Foundation

/// One record of a builder's cache.
package struct CacheRecord: Sendable, Equatable {
    package var id: String
    /// `regular`, `source.local`, `exec.cachemount`, `frontend`, `internal` …
    package var type: String
    package var description: String
    /// Nil when the builder does not know.
    package var bytes: Int64?
    package var isInUse: Bool
    /// An image has the same layers: removing the record frees nothing.
    package var isShared: Bool
    package var createdAt: Date?
    /// Nil when never used.
    package var lastUsedAt: Date?
    package var usageCount: Int64
    package var parents: [String]

    package init(
        id: String, type: String = "regular", description: String = "", bytes: Int64?, isInUse: Bool = false,
        isShared: Bool = false, createdAt: Date? = nil, lastUsedAt: Date? = nil, usageCount: Int64 = 0,
        parents: [String] = []
    ) {
        self.id = id
        self.type = type
        self.description = description
        self.bytes = bytes
        self.isInUse = isInUse
        self.isShared = isShared
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.usageCount = usageCount
        self.parents = parents
    }
}
