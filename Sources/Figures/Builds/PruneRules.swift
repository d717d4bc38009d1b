/// What `docker builder prune` and `docker buildx prune` are told.
package struct PruneRules: Sendable, Equatable {
    /// `--all`: internal and frontend records too, and those that images share.
    package var isAll: Bool
    /// Records used in the last so many seconds stay (`--filter until=24h`, `unused-for`).
    package var unusedFor: Double?
    /// `--filter type=…`.
    package var type: String?
    /// `--filter id=…`: a regular expression that the ID has somewhere.
    package var id: String?
    /// `--filter shared`, `private` (false).
    package var isShared: Bool?
    /// `--keep-storage`: stop once less than so many bytes are left. Nil or 0 removes all that fits.
    package var keepBytes: Int64?

    package init(
        isAll: Bool = false, unusedFor: Double? = nil, type: String? = nil, id: String? = nil, isShared: Bool? = nil,
        keepBytes: Int64? = nil
    ) {
        self.isAll = isAll
        self.unusedFor = unusedFor
        self.type = type
        self.id = id
        self.isShared = isShared
        self.keepBytes = keepBytes
    }
}

/// What a prune removes.
package struct PruneResult: Sendable, Equatable {
    /// IDs in the order in which they go.
    package var removed: [String]
    /// Bytes that come free: of what no image shares.
    package var freedBytes: Int64
    /// Bytes that the builder will say it reclaimed: of shared records too.
    package var reportedBytes: Int64
    /// Removed records of unknown size.
    package var unknownRecords: Int
    /// False where records ranked the same when one of them had to go: the builder may take another.
    package var isCertain: Bool

    package init(
        removed: [String] = [], freedBytes: Int64 = 0, reportedBytes: Int64 = 0, unknownRecords: Int = 0,
        isCertain: Bool = true
    ) {
        self.removed = removed
        self.freedBytes = freedBytes
        self.reportedBytes = reportedBytes
        self.unknownRecords = unknownRecords
        self.isCertain = isCertain
    }
}
