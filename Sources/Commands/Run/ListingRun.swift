import Figures
import Reporting

/// Prints rows of a documented view.
struct ListingRun {
    /// What is listed.
    enum Subject {
        case images
        case items
        case layers
        case tags
        case sources

        /// The view of the database.
        var view: String {
            switch self {
            case .images: "images"
            case .items: "items"
            case .layers: "layers"
            case .tags: "tags"
            case .sources: "sources"
            }
        }

        /// Columns of the text table.
        var shown: [String] {
            switch self {
            case .images:
                [
                    "source", "repository", "tags", "image_id", "created_at", "apparent_bytes", "shared_bytes",
                    "exclusive_bytes", "fair_share_bytes",
                ]
            case .items:
                [
                    "source", "tags", "kind", "digest", "created_at", "apparent_bytes", "shared_bytes",
                    "exclusive_bytes", "fair_share_bytes",
                ]
            case .layers:
                ["source", "digest", "bytes", "uncompressed_bytes", "images", "repositories", "instruction"]
            case .tags:
                ["source", "repository", "tag", "item_kind", "digest", "platform", "tagged_at", "apparent_bytes"]
            case .sources:
                ["source", "kind", "product", "location", "finished_at", "complete", "images", "stored_bytes"]
            }
        }

        /// The order without `--sort`: always the same one.
        var order: [SortOption] {
            let columns =
                switch self {
                case .images: ["source", "repository", "-created_at", "digest"]
                case .items: ["source", "kind", "-created_at", "digest"]
                case .layers: ["source", "-bytes", "digest"]
                case .tags: ["source", "repository", "tag"]
                case .sources: ["source"]
                }
            return columns.compactMap(SortOption.init(argument:))
        }

        var headings: [String: String] {
            switch self {
            case .images, .items:
                ["apparent_bytes": "SIZE", "exclusive_bytes": "UNIQUE", "fair_share_bytes": "FAIR SHARE"]
            case .tags: ["item_kind": "KIND", "tagged_at": "TAGGED", "apparent_bytes": "SIZE"]
            case .sources: ["finished_at": "COLLECTED"]
            case .layers: ["uncompressed_bytes": "UNPACKED"]
            }
        }

        /// What `-q` prints.
        var identifier: String? {
            switch self {
            case .images, .items, .layers: nil
            case .tags: "tag"
            case .sources: "source"
            }
        }
    }

    let subject: Subject
    let listing: ListingArguments
    let database: DatabaseOptions

    init(_ subject: Subject, _ listing: ListingArguments, _ database: DatabaseOptions) {
        self.subject = subject
        self.listing = listing
        self.database = database
    }

    /// Columns of the text table; the platform only where there are several.
    private func shown(_ table: Table) -> [String] {
        guard let position = table.position(of: "platform"), subject == .images || subject == .items,
            Set(table.rows.map { $0[position] }).subtracting([.null]).count > 1
        else { return subject.shown }
        return subject.shown.flatMap { $0 == "created_at" ? ["platform", $0] : [$0] }
    }

    func run() async throws {
        let output = try Output(listing)
        try await database.read { reader in
            let table = try await reader.table(
                subject.view, filters: listing.filter, sort: listing.sort.isEmpty ? subject.order : listing.sort,
                limit: listing.limit)
            let names = try await reader.names(listing.filter)
            try output.finish(
                Listing(
                    table, shown: shown(table), headings: subject.headings, identifier: subject.identifier,
                    checks: try await reader.checks(of: names), coverage: try await reader.coverage(of: names)))
        }
    }
}
