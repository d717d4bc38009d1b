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
        SQLFile("0003_storage", PackageResources._003_storage_sql),
        SQLFile("0004_measured_sizes", PackageResources._004_measured_sizes_sql),
        SQLFile("0005_digest_filters", PackageResources._005_digest_filters_sql),
        SQLFile("0006_builds", PackageResources._006_builds_sql),
    ]

    /// Statements of the program itself, and queries for users.
    package static let queries = [
        SQLFile("apply_holdings", PackageResources.apply_holdings_sql),
        SQLFile("apply_items", PackageResources.apply_items_sql),
        SQLFile("apply_objects", PackageResources.apply_objects_sql),
        SQLFile("apply_source", PackageResources.apply_source_sql),
        SQLFile("apply_storage", PackageResources.apply_storage_sql),
        SQLFile("apply_usage", PackageResources.apply_usage_sql),
        SQLFile("biggest_images", PackageResources.biggest_images_sql),
        SQLFile("biggest_layers", PackageResources.biggest_layers_sql),
        SQLFile("broken_indexes", PackageResources.broken_indexes_sql),
        SQLFile("build_cache", PackageResources.build_cache_sql),
        SQLFile("build_rates", PackageResources.build_rates_sql),
        SQLFile("builds", PackageResources.builds_sql),
        SQLFile("cache_facts", PackageResources.cache_facts_sql),
        SQLFile("cache_report", PackageResources.cache_report_sql),
        SQLFile("changes_since", PackageResources.changes_since_sql),
        SQLFile("churn", PackageResources.churn_sql),
        SQLFile("cleanup_facts", PackageResources.cleanup_facts_sql),
        SQLFile("conflicting_sizes", PackageResources.conflicting_sizes_sql),
        SQLFile("documents", PackageResources.documents_sql),
        SQLFile("figures", PackageResources.figures_sql),
        SQLFile("grants", PackageResources.grants_sql),
        SQLFile("graph", PackageResources.graph_sql),
        SQLFile("graph_facts", PackageResources.graph_facts_sql),
        SQLFile("hit_rates", PackageResources.hit_rates_sql),
        SQLFile("images_in_several_sources", PackageResources.images_in_several_sources_sql),
        SQLFile("images_on_base", PackageResources.images_on_base_sql),
        SQLFile("images_over_layers", PackageResources.images_over_layers_sql),
        SQLFile("images_with_label", PackageResources.images_with_label_sql),
        SQLFile("incomplete_sources", PackageResources.incomplete_sources_sql),
        SQLFile("inspect", PackageResources.inspect_sql),
        SQLFile("instructions", PackageResources.instructions_sql),
        SQLFile("instructions_by_seconds_lost", PackageResources.instructions_by_seconds_lost_sql),
        SQLFile("integrity", PackageResources.integrity_sql),
        SQLFile("known_items", PackageResources.known_items_sql),
        SQLFile("layers_in_several_sources", PackageResources.layers_in_several_sources_sql),
        SQLFile("miss_causes", PackageResources.miss_causes_sql),
        SQLFile("most_shared_layers", PackageResources.most_shared_layers_sql),
        SQLFile("moved_tags", PackageResources.moved_tags_sql),
        SQLFile("never_pulled", PackageResources.never_pulled_sql),
        SQLFile("oldest_images", PackageResources.oldest_images_sql),
        SQLFile("orphan_bytes", PackageResources.orphan_bytes_sql),
        SQLFile("owners", PackageResources.owners_sql),
        SQLFile("plans", PackageResources.plans_sql),
        SQLFile("platforms", PackageResources.platforms_sql),
        SQLFile("reader_rights", PackageResources.reader_rights_sql),
        SQLFile("registry_events", PackageResources.registry_events_sql),
        SQLFile("repositories_sharing_most", PackageResources.repositories_sharing_most_sql),
        SQLFile("stage", PackageResources.stage_sql),
        SQLFile("superseded_images", PackageResources.superseded_images_sql),
        SQLFile("unseen_items", PackageResources.unseen_items_sql),
        SQLFile("untagged_images", PackageResources.untagged_images_sql),
        SQLFile("unused_images", PackageResources.unused_images_sql),
        SQLFile("views", PackageResources.views_sql),
        SQLFile("where_is_layer", PackageResources.where_is_layer_sql),
    ]
}
