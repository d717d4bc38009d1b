import Figures
import Foundation
import Reporting

/// Writes the storage report into a folder.
struct ReportRun {
    let output: String?
    let title: String?
    let sources: [String]
    let units: ByteUnits?
    let database: DatabaseOptions

    func run() async throws {
        let configuration = try database.configuration.load()
        let folder = output ?? configuration.report.output ?? "report"
        try await database.read(configuration) { reader in
            let assembly = ReportAssembly(
                reader: reader, title: title ?? configuration.report.title ?? "Storage report",
                units: units ?? configuration.report.units ?? .si, sources: sources, cleanup: configuration.cleanup)
            let report = try await assembly.report()
            try ReportFolder(URL(filePath: folder)).write(try report.files())
            try StandardOutput.write(folder + (folder.hasSuffix("/") ? "" : "/") + "report.html\n")
            if report.coverage.sources.isEmpty {
                StandardError.line("nothing has been collected yet; try `layerscope collect --help`")
            }
            let broken = report.checks.filter { $0.outcome == .broken }
            guard broken.isEmpty else {
                throw CommandFailure(
                    .checkFailed, "\(broken.count) of \(report.checks.count) checks are broken; the report names them")
            }
            try Output.demandComplete(report.coverage)
        }
    }
}
