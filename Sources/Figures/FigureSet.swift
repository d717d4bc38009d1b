/// The byte figures of one set of holdings: an image, a repository, a namespace, an owner, a whole source.
package struct ByteFigures: Sendable, Hashable {
    /// Images in the set (not indexes, attestations or artifacts).
    package var images: Int64
    /// Items of any kind in the set.
    package var items: Int64
    /// Σ over the items of the bytes of their own distinct objects.
    package var apparentBytes: Int64
    /// Bytes of everything reached, each object once.
    package var storedBytes: Int64
    /// What goes if exactly this set goes.
    package var exclusiveBytes: Int64
    /// `storedBytes − exclusiveBytes`
    package var sharedBytes: Int64
    /// The set's part of the bill; over a partition the parts sum to the source's stored bytes.
    package var fairShareBytes: Int64
    /// Objects reached whose size cannot be known.
    package var unknownObjects: Int64

    @inlinable
    package init(
        images: Int64 = 0, items: Int64 = 0, apparentBytes: Int64 = 0, storedBytes: Int64 = 0,
        exclusiveBytes: Int64 = 0, sharedBytes: Int64 = 0, fairShareBytes: Int64 = 0, unknownObjects: Int64 = 0
    ) {
        self.images = images
        self.items = items
        self.apparentBytes = apparentBytes
        self.storedBytes = storedBytes
        self.exclusiveBytes = exclusiveBytes
        self.sharedBytes = sharedBytes
        self.fairShareBytes = fairShareBytes
        self.unknownObjects = unknownObjects
    }
}

/// How holdings are divided into groups: each holding is in exactly one.
package struct Grouping: Sendable, Equatable {
    /// `repository`, `namespace`, `owner`, `base`, `label:KEY`, `source`.
    package var name: String
    /// The groups' keys, by number.
    package var keys: [String]
    /// The group of each holding of the graph.
    package var groupOfHolding: [LayerGraph.Index]

    package init(name: String, keys: [String], groupOfHolding: [LayerGraph.Index]) {
        self.name = name
        self.keys = keys
        self.groupOfHolding = groupOfHolding
    }
}

/// A kind of waste.
package enum WasteKind: String, Sendable, CaseIterable {
    /// An image without a name (held by the repository `<none>` only) that nothing was built from.
    case dangling
    /// A registry's manifest that no tag reaches: not tagged, not below a tagged index, not about anything alive.
    case untagged
    /// An attestation, signature or other referrer whose subject is not there, and what hangs on it alone. A tag does
    /// not save it (signatures are stored under tags); standing in a live index does.
    case orphaned
}

/// All figures of a graph that are kept in tables.
package struct FigureSet: Sendable, Equatable {
    /// By source number: the whole source.
    package var sources: [ByteFigures] = []
    /// By item number: all the item's holdings in its source. Fair share is the sum of ``holdingFairShare`` over them.
    package var items: [ByteFigures] = []
    /// By holding number: the holding's fair share when every holding is a group of its own.
    package var holdingFairShare: [Int64] = []
    /// reference_count: distinct images, held or below a held index, whose own objects contain each object.
    package var objectImages: [UInt32] = []
    /// Distinct repositories whose holdings reach each object.
    package var objectRepositories: [UInt32] = []
    /// Waste: the held items of each kind, by number. An item is in one kind at most.
    package var waste: [WasteKind: [LayerGraph.Index]] = [:]
    /// Waste by source and kind: what goes if all items of the kind go together. Fair shares are those of the kinds and
    /// all that is no waste.
    package var wasteBySource: [WasteKind: [ByteFigures]] = [:]
    /// By source: what goes if all waste goes together.
    package var allWaste: [ByteFigures] = []

    package init() {}
}
