package import Reporting

/// What `layerscope.yml` says (docs/configuration.md).
package struct Configuration: Sendable, Equatable {
    /// What `report` does when its options do not say.
    package struct Report: Sendable, Equatable {
        package var title: String?
        package var output: String?
        package var units: ByteUnits?

        package init(title: String? = nil, output: String? = nil, units: ByteUnits? = nil) {
            self.title = title
            self.output = output
            self.units = units
        }
    }

    /// The file that was read; nil when there is none.
    package var file: String?
    /// The PostgreSQL server; nil for the embedded one.
    package var database: Secret?
    package var sources: [SourceConfiguration]
    /// In order: the first rule that fits wins.
    package var owners: [OwnerRule]
    package var report: Report
    /// What works but should be changed, for standard error.
    package var warnings: [String]

    package init(
        file: String? = nil, database: Secret? = nil, sources: [SourceConfiguration] = [], owners: [OwnerRule] = [],
        report: Report = Report(), warnings: [String] = []
    ) {
        self.file = file
        self.database = database
        self.sources = sources
        self.owners = owners
        self.report = report
        self.warnings = warnings
    }
}

/// Says who owns the repositories that it fits.
package struct OwnerRule: Sendable, Equatable {
    /// What a rule looks at.
    package enum Match: Sendable, Equatable {
        /// The repository's name, by a pattern in which `*` stands for any characters and `?` for one.
        case repository(String)
        /// An image label's value.
        case label(String)
    }

    package var match: Match
    /// The owner; nil for a label rule, where the label's value is the owner.
    package var owner: String?

    package init(_ match: Match, owner: String?) {
        self.match = match
        self.owner = owner
    }
}
