/// What two sets of images have in common.
package struct Sharing: Sendable, Equatable {
    /// Objects and their bytes.
    package struct Part: Sendable, Equatable {
        package var objects: Int64
        /// Objects of unknown size count as 0 here, and in ``unknownObjects``.
        package var bytes: Int64
        package var unknownObjects: Int64

        package init(objects: Int64 = 0, bytes: Int64 = 0, unknownObjects: Int64 = 0) {
            self.objects = objects
            self.bytes = bytes
            self.unknownObjects = unknownObjects
        }
    }

    /// Where an object is held.
    package enum Side: String, Sendable, CaseIterable {
        case both
        case onlyFirst = "only_first"
        case onlySecond = "only_second"
    }

    /// One object of either set.
    package struct Entry: Sendable, Equatable {
        package var object: LayerGraph.Index
        package var bytes: Int64
        package var side: Side

        package init(object: LayerGraph.Index, bytes: Int64, side: Side) {
            self.object = object
            self.bytes = bytes
            self.side = side
        }
    }

    package var both: Part
    package var onlyFirst: Part
    package var onlySecond: Part
    /// Every object of either set: what both have first, then by bytes, largest first.
    package var entries: [Entry]

    package init(both: Part = Part(), onlyFirst: Part = Part(), onlySecond: Part = Part(), entries: [Entry] = []) {
        self.both = both
        self.onlyFirst = onlyFirst
        self.onlySecond = onlySecond
        self.entries = entries
    }
}

/// How many bytes each pair of groups has in common.
package struct SharingMatrix: Sendable, Equatable {
    /// The groups, by most stored bytes; numbers of the grouping.
    package var groups: [LayerGraph.Index]
    package var keys: [String]
    /// `sharedBytes[i][j]` is stored_bytes of what groups i and j both reach; on the diagonal the group's own.
    package var sharedBytes: [[Int64]]

    package init(groups: [LayerGraph.Index] = [], keys: [String] = [], sharedBytes: [[Int64]] = []) {
        self.groups = groups
        self.keys = keys
        self.sharedBytes = sharedBytes
    }
}

/// Objects that are held by so many images.
package struct ReferenceBucket: Sendable, Equatable {
    /// The fewest and most images of the bucket; `through` is nil for the last, open one.
    package var from: Int64
    package var through: Int64?
    package var objects: Int64
    package var bytes: Int64

    package init(from: Int64, through: Int64?, objects: Int64 = 0, bytes: Int64 = 0) {
        self.from = from
        self.through = through
        self.objects = objects
        self.bytes = bytes
    }
}

/// A layer that would take more bytes were it not shared.
package struct SharedLayer: Sendable, Equatable {
    package var object: LayerGraph.Index
    package var bytes: Int64
    /// Distinct images that hold it.
    package var images: Int64
    /// `bytes × (images − 1)`
    package var savedBytes: Int64

    package init(object: LayerGraph.Index, bytes: Int64, images: Int64, savedBytes: Int64) {
        self.object = object
        self.bytes = bytes
        self.images = images
        self.savedBytes = savedBytes
    }
}
