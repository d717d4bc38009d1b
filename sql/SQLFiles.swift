/// A SQL file that is part of the program.
package struct SQLFile: Sendable {
    /// The file's name without `.sql`.
    package let name: String
    package let text: String

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        text = String(decoding: bytes, as: UTF8.self)
    }
}

/// The SQL files that are embedded in the program, in order; a test compares the lists with the folders.
package enum SQLFiles {
    /// Migrations, in the order of their numbers.
    package static let migrations = [
        SQLFile("0001_foundation", PackageResources._001_foundation_sql),
        SQLFile("0002_views", PackageResources._002_views_sql),
    ]

    /// Statements of the program itself, and queries for users.
    package static let queries = [
        SQLFile("apply_holdings", PackageResources.apply_holdings_sql),
        SQLFile("apply_items", PackageResources.apply_items_sql),
        SQLFile("apply_objects", PackageResources.apply_objects_sql),
        SQLFile("apply_source", PackageResources.apply_source_sql),
        SQLFile("apply_usage", PackageResources.apply_usage_sql),
        SQLFile("conflicting_sizes", PackageResources.conflicting_sizes_sql),
        SQLFile("documents", PackageResources.documents_sql),
        SQLFile("figures", PackageResources.figures_sql),
        SQLFile("grants", PackageResources.grants_sql),
        SQLFile("graph", PackageResources.graph_sql),
        SQLFile("graph_facts", PackageResources.graph_facts_sql),
        SQLFile("inspect", PackageResources.inspect_sql),
        SQLFile("known_items", PackageResources.known_items_sql),
        SQLFile("owners", PackageResources.owners_sql),
        SQLFile("reader_rights", PackageResources.reader_rights_sql),
        SQLFile("stage", PackageResources.stage_sql),
        SQLFile("unseen_items", PackageResources.unseen_items_sql),
        SQLFile("views", PackageResources.views_sql),
    ]
}
