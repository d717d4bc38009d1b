import Foundation
import Reporting

/// Puts a storage report together from what the database has: tables of views, and what is computed of the graph.
struct ReportAssembly {
    let reader: Reader
    var title = "Storage report"
    var units = ByteUnits.si
    /// Names of sources; empty for all.
    var sources: [String] = []
    /// The standing rules of clean-up.
    var cleanup = CleanupConfiguration()

    /// The report of the latest state. Throws ``CommandFailure`` for a source that is not there.
    func report(generatedAt: Date = Date()) async throws -> StorageReport {
        let all = try await reader.sources()
        for name in sources where !all.contains(where: { $0.name == name }) {
            throw CommandFailure(.checkFailed, "no source \(name.debugDescription); `layerscope sources` lists them")
        }
        let chosen = sources.isEmpty ? all : all.filter { sources.contains($0.name) }
        var scopes: [StorageReport.Scope] = []
        // What tells of builds holds no images: it has no part in who holds which bytes.
        let builders = try await reader.names(ofKind: "builder")
        for meaning in ["stored", "unpacked"] {
            let some = chosen.filter { $0.bytesAre == meaning && !builders.contains($0.name) }
            guard !some.isEmpty else { continue }
            let isAll = some.count == all.count { $0.bytesAre == meaning }
            var scope = try await ScopeAssembly(reader: reader, sources: some, meaning: meaning, isAll: isAll).scope()
            scope.cleanup = try await CleanupAssembly(
                reader: reader, cleanup: cleanup, units: units, now: generatedAt
            ).reports(of: some)
            scopes.append(scope)
        }
        let names = chosen.map(\.name)
        let buildCache = try await BuildCacheTables(reader: reader).report(of: names, now: generatedAt)
        return StorageReport(
            title: title, generatedAt: generatedAt, generator: "Layerscope \(LayerscopeVersion.current)",
            coverage: try await reader.coverage(of: names), scopes: scopes,
            buildCache: buildCache, checks: try await reader.checks(of: names), units: units)
    }
}
