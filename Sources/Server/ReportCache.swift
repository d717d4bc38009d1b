package import Reporting

/// The report of the latest state, made again only when something was collected since.
package actor ReportCache {
    private let revision: @Sendable () async throws -> String
    private let make: @Sendable () async throws -> StorageReport
    private var kept: (revision: String, report: StorageReport, files: [ReportFile]?)?

    /// `revision` changes with every collection; `make` computes the report.
    package init(
        revision: @escaping @Sendable () async throws -> String,
        make: @escaping @Sendable () async throws -> StorageReport
    ) {
        self.revision = revision
        self.make = make
    }

    package func report() async throws -> StorageReport {
        let current = try await revision()
        if let kept, kept.revision == current { return kept.report }
        let report = try await make()
        kept = (current, report, nil)
        return report
    }

    package func files() async throws -> [ReportFile] {
        let report = try await report()
        if let files = kept?.files { return files }
        let files = try report.files()
        kept?.files = files
        return files
    }
}
