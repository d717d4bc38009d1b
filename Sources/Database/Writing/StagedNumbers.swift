import ImageModel

/// A digest in a store, in 40 bytes: the key of what was recorded lately. sha512 digests have none.
struct CompactKey: Hashable {
    private let hash: SIMD4<UInt64>
    private let store: Int32
    private let space: UInt8

    init?(_ digest: Digest, store: Int32, space: UInt8 = 0) {
        guard digest.bytes.count == 32 else { return nil }
        hash = digest.bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
        self.store = store
        self.space = space
    }
}

/// What was recorded lately, so that it is staged once. It holds a bounded number of entries: what fell out is staged
/// again, and told to be the same when the collection is applied.
struct RecentEntries<Key: Hashable, Entry> {
    private var entries: [Key: Entry] = [:]
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    subscript(key: Key) -> Entry? {
        get { entries[key] }
        set {
            if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
            entries[key] = newValue
        }
    }
}
