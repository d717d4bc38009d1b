package import Figures
package import Foundation

/// Everything that a storage report prints, computed before: a report computes nothing about storage itself.
package struct StorageReport: Sendable {
    /// Sources whose bytes mean the same and may be added up. Unpacked bytes and bytes as stored are never summed, so a
    /// report over both has two scopes.
    package struct Scope: Sendable {
        /// One word, unique in the report, used in file names and anchors: `stored`, `unpacked`.
        package var id: String
        /// What the scope is: `Registries and archives, bytes as stored`.
        package var title: String
        package var sources: [String]
        package var keyFigures: [KeyFigure]
        /// Who holds the bytes, by repository, namespace, owner … Tables with the group's key first and the columns of
        /// the usage views.
        package var usage: [Usage]
        package var referenceCounts: [ReferenceBucket]
        /// The layers that save most: columns of the view `layers`, and `saved_bytes`.
        package var topLayers: Table
        package var layerTree: LabelledLayerTree?
        package var sharing: SharingMatrix?
        /// What the groups of ``sharing`` are.
        package var sharingBy: String
        /// Content kept more than once; nil when it cannot be known.
        package var duplicates: Table?
        /// Waste by kind: each kind alone and all together.
        package var waste: Table
        /// Each thing that is waste: columns of the view `dangling`.
        package var dangling: Table
        /// Columns of the view `images`.
        package var images: Table
        /// What standing clean-up rules would do, for each source that has any.
        package var cleanup: [CleanupReport]

        package init(
            id: String, title: String, sources: [String], keyFigures: [KeyFigure], usage: [Usage],
            referenceCounts: [ReferenceBucket], topLayers: Table, layerTree: LabelledLayerTree? = nil,
            sharing: SharingMatrix? = nil, sharingBy: String = "repository", duplicates: Table? = nil, waste: Table,
            dangling: Table, images: Table, cleanup: [CleanupReport] = []
        ) {
            self.id = id
            self.title = title
            self.sources = sources
            self.keyFigures = keyFigures
            self.usage = usage
            self.referenceCounts = referenceCounts
            self.topLayers = topLayers
            self.layerTree = layerTree
            self.sharing = sharing
            self.sharingBy = sharingBy
            self.duplicates = duplicates
            self.waste = waste
            self.dangling = dangling
            self.images = images
            self.cleanup = cleanup
        }
    }

    /// Who holds the bytes, by one kind of group.
    package struct Usage: Sendable {
        /// `repository`, `namespace`, `owner`, `source`: also the name of the table's key column.
        package var by: String
        package var table: Table

        package init(by: String, table: Table) {
            self.by = by
            self.table = table
        }
    }

    package var title: String
    package var generatedAt: Date
    /// The program's name and version, for the foot of the report.
    package var generator: String
    package var coverage: Coverage
    package var scopes: [Scope]
    /// Builds and their cache; nil where nobody looked.
    package var buildCache: BuildCacheReport?
    package var checks: [Check]
    package var units: ByteUnits

    package init(
        title: String, generatedAt: Date, generator: String = "Layerscope", coverage: Coverage, scopes: [Scope],
        buildCache: BuildCacheReport? = nil, checks: [Check], units: ByteUnits = .si
    ) {
        self.title = title
        self.generatedAt = generatedAt
        self.generator = generator
        self.coverage = coverage
        self.scopes = scopes
        self.buildCache = buildCache
        self.checks = checks
        self.units = units
    }
}
