import Figures
import Foundation
import Hummingbird
import Logging
import Observations
import Reporting
import Server

/// Tables from plain values, which remember what they were asked for.
final class MemoryTables: TableSource, @unchecked Sendable {
    // Safety: every access to `asked` is under the lock; the tables are never changed.
    private let lock = NSLock()
    private var asked: [TableRequest] = []
    private let tables: [String: Table]
    private let isAlive: Bool

    init(_ tables: [Table], isAlive: Bool = true) {
        self.tables = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) })
        self.isAlive = isAlive
    }

    var views: [String] { tables.keys.filter { CacheTable(rawValue: $0) == nil }.sorted() }
    var requests: [TableRequest] { lock.withLock { asked } }

    func table(_ request: TableRequest) async throws -> Table {
        lock.withLock { asked.append(request) }
        guard let table = tables[request.view] else { throw TableRequestError("no table \(request.view)") }
        guard !request.filters.contains("nonsense") else { throw TableRequestError("nonsense is no condition") }
        return table
    }

    func cacheTable(_ name: CacheTable, project: String?) async throws -> Table {
        lock.withLock { asked.append(TableRequest(name.rawValue, filters: project.map { ["project=\($0)"] } ?? [])) }
        return tables[name.rawValue] ?? Table(name: name.rawValue, columns: [.init("builds", .count)])
    }

    func coverage() async throws -> Coverage { Coverage() }

    func ping() async throws {
        struct Down: Error {}
        if !isAlive { throw Down() }
    }
}

/// Events that are kept in memory, each id once.
final class MemoryEvents: EventSink, @unchecked Sendable {
    // Safety: every access to `kept` is under the lock; the rest is never changed.
    private let lock = NSLock()
    private var kept: [RegistryEvent] = []
    private let sources: Set<String>
    private let isAlive: Bool

    init(sources: Set<String> = ["hub"], isAlive: Bool = true) {
        self.sources = sources
        self.isAlive = isAlive
    }

    var stored: [RegistryEvent] { lock.withLock { kept } }

    func record(_ events: [RegistryEvent], from source: String) async throws -> Int {
        struct Down: Error {}
        if !isAlive { throw Down() }
        guard sources.contains(source) else { throw UnknownSourceError(source) }
        return lock.withLock {
            let new = events.filter { event in !kept.contains { $0.id == event.id } }
            kept += new
            return new.count
        }
    }
}

/// Answers everything but `nothing` with seven bytes.
struct MemoryAnswers: WhatIfSource {
    func whatIf(_ names: [String], in source: String) async throws -> Listing {
        guard source == "hub" else { throw UnknownSourceError(source) }
        guard !names.contains("nothing") else { throw UnknownNameError(["nothing"]) }
        var table = Table(
            name: "what_if", columns: [.init("name", .text), .init("freed_bytes", .bytes)],
            rows: names.map { [.text($0), .integer(7)] })
        table.totals = ["freed_bytes": .integer(7)]
        return Listing(table)
    }
}

let hostile = "<script>alert(1)</script>"
let someDigest = "sha256:" + String(repeating: "ab", count: 32)

let sampleTables: [Table] =
    [
        Table(
            name: "usage_by_repository",
            columns: [
                .init("source", .text), .init("repository", .text), .init("images", .count),
                .init("stored_bytes", .bytes),
            ],
            rows: [[.text("hub"), .text(hostile), .integer(3), .integer(1234)]]),
        Table(
            name: "images",
            columns: [
                .init("source", .text), .init("repository", .text), .init("digest", .digest), .init("tags", .list),
                .init("exclusive_bytes", .bytes),
            ],
            rows: [[.text("hub"), .text("=cmd|' /C calc'!A0"), .text(someDigest), .list(["latest"]), .integer(7)]]),
        Table(
            name: "items", columns: [.init("digest", .digest), .init("image_id", .digest), .init("kind", .text)],
            rows: [[.text(someDigest), .text(someDigest), .text("image")]]),
        Table(
            name: "item_layers",
            columns: [
                .init("source", .text), .init("digest", .digest), .init("layer_digest", .digest),
                .init("bytes", .bytes),
                .init("instruction", .text),
            ], rows: [[.text("hub"), .text(someDigest), .text(someDigest), .integer(5), .text(hostile)]]),
        Table(
            name: "layers",
            columns: [
                .init("source", .text), .init("digest", .digest), .init("diff_id", .digest), .init("bytes", .bytes),
                .init("instruction", .text),
            ], rows: [[.text("hub"), .text(someDigest), .text(someDigest), .null, .text(hostile)]]),
        Table(
            name: "tags", columns: [.init("source", .text), .init("repository", .text), .init("tag", .text)],
            rows: [[.text("hub"), .text("app"), .text("1")]]),
        Table(
            name: "sources", columns: [.init("source", .text), .init("stored_bytes", .bytes)],
            rows: [[.text("hub"), .integer(9)]]),
    ] + sampleBuilds

func sampleReport() -> StorageReport {
    StorageReport(
        title: "Storage \(hostile)", generatedAt: Date(timeIntervalSince1970: 0), coverage: Coverage(), scopes: [],
        checks: [])
}

func sampleServer(
    tables: MemoryTables = MemoryTables(sampleTables), token: String? = nil, events: MemoryEvents = MemoryEvents()
) throws -> some ApplicationProtocol {
    try WebServer.application(
        ServerConfiguration(port: 0, token: token.map { try AccessToken($0) }), source: tables,
        events: events, whatIf: MemoryAnswers(), reports: ReportCache(revision: { "1" }, make: { sampleReport() }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
}
