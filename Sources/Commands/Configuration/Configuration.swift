package import Figures
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
    package var owners: OwnerRules
    /// The standing rules of clean-up.
    package var cleanup: CleanupConfiguration
    package var report: Report
    /// What works but should be changed, for standard error.
    package var warnings: [String]

    package init(
        file: String? = nil, database: Secret? = nil, sources: [SourceConfiguration] = [],
        owners: OwnerRules = OwnerRules(), cleanup: CleanupConfiguration = CleanupConfiguration(),
        report: Report = Report(), warnings: [String] = []
    ) {
        self.file = file
        self.database = database
        self.sources = sources
        self.owners = owners
        self.cleanup = cleanup
        self.report = report
        self.warnings = warnings
    }
}
