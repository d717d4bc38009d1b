import Database
import Figures
import Foundation
import Reporting

/// Looks at everything that Layerscope works with, and says what to mend.
struct DoctorRun {
    let listing: ListingArguments
    let database: DatabaseOptions

    /// Bytes below which the disk is too full for a collection of any size.
    private static let fewBytes: Int64 = 1 << 30

    func run() async throws {
        let output = try Output(listing, showsAll: true)
        var findings: [Finding] = []
        var configuration = Configuration()
        do {
            configuration = try Configuration.load(path: database.configuration.path)
            findings += Self.look(at: configuration)
        } catch {
            findings.append(
                Finding(
                    "configuration", error.file, problem: error,
                    hint: "see docs/configuration.md for what may stand there"))
        }
        findings += await databaseFindings(configuration)
        findings += spaceFindings
        findings += try await SourceProbe.findings(configuration)
        let table = try findings.table.filtered(listing.filter).sorted(listing.sort).limited(listing.limit)
        try output.print(Listing(table, identifier: "subject"))
        let problems = findings.count { $0.status == .problem }
        guard problems == 0 else {
            throw CommandFailure(
                .checkFailed, problems == 1 ? "1 thing needs mending" : "\(problems) things need mending")
        }
    }

    private static func look(at configuration: Configuration) -> [Finding] {
        guard let file = configuration.file else {
            return [
                Finding(
                    "configuration", "layerscope.yml", .ok, "there is none; it is needed for `collect all` and owners")
            ]
        }
        let sources = configuration.sources.count
        return [Finding("configuration", file, .ok, sources == 1 ? "1 source" : "\(sources) sources")]
            + configuration.warnings.map {
                Finding("configuration", file, .warning, $0, hint: "move the secret out of the file")
            }
    }

    private func databaseFindings(_ configuration: Configuration) async -> [Finding] {
        do {
            let opened = try await database.open(configuration)
            do {
                let version = try await opened.query("SHOW server_version").table.rows.first?.first?.text
                let sources = try await Reader(database: opened).coverage(of: Reader(database: opened).names([]))
                await opened.close()
                return [
                    Finding("database", "PostgreSQL", .ok, "version \(version ?? "not known"), schema up to date")
                ] + sources.sources.filter { !$0.isComplete }.flatMap(Self.incomplete)
            } catch {
                await opened.close()
                throw error
            }
        } catch {
            return [
                Finding(
                    "database", "PostgreSQL", problem: error,
                    hint: "see `layerscope database status`, or give a server with --database")
            ]
        }
    }

    private static func incomplete(_ source: Coverage.Source) -> [Finding] {
        source.aspects.filter(\.isMissing).map { aspect in
            Finding(
                "collected", source.name, .warning,
                "\(aspect.name) \(aspect.outcome)\(aspect.detail.isEmpty ? "" : ": \(aspect.detail)")",
                hint: aspect.hint.isEmpty ? "collect it again" : aspect.hint)
        }
    }

    /// Room for the embedded server.
    private var spaceFindings: [Finding] {
        let home = EmbeddedServer().home
        var folder = home
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder = folder.deletingLastPathComponent()
        }
        let values = try? FileManager.default.attributesOfFileSystem(forPath: folder.path)
        guard let free = (values?[.systemFreeSize] as? NSNumber)?.int64Value else {
            return [Finding("space", home.path, .warning, "how much is free cannot be told")]
        }
        let detail = "\(ByteFormat.human(free, units: listing.units)) free"
        guard free >= Self.fewBytes else {
            return [
                Finding(
                    "space", home.path, .problem, detail,
                    hint: "free some, or choose another folder with LAYERSCOPE_HOME")
            ]
        }
        return [Finding("space", home.path, .ok, detail)]
    }
}
