import Database
import Figures
import Foundation
import Reporting
import Server

/// The server's tables, out of the database.
struct DatabaseTables: TableSource {
    let reader: Reader
    /// The documented views, read once: they change only with the program.
    let views: [String]
    private let churns = ChurnCache()

    init(reader: Reader) async throws {
        self.reader = reader
        views = try await reader.database.views()
    }

    func table(_ request: TableRequest) async throws -> Table {
        let filters = try request.filters.map { text throws in
            guard let filter = Filter(text) else {
                throw TableRequestError(
                    "\"\(text)\" is no condition: write column=value, column~glob or column>=number")
            }
            return filter
        }
        let sort = request.sort.map { word in
            word.hasPrefix("-") ? Sort(String(word.dropFirst()), descending: true) : Sort(word)
        }
        do {
            return try await reader.database.table(
                request.view, filters: filters, sort: sort, limit: request.limit, offset: request.offset)
        } catch let error as DatabaseError {
            throw TableRequestError("\(error)")
        }
    }

    func cacheTable(_ name: CacheTable, project: String?) async throws -> Table {
        let tables = BuildCacheTables(reader: reader)
        switch name {
        case .totals: return try await tables.totals(project: project)
        case .projects: return try await tables.projects()
        case .trend: return try await tables.trend(project: project)
        case .instructions: return try await tables.instructions(project: project)
        case .causes: return try await tables.causes(project: project)
        case .churnByWeek: return try await churn().byWeek
        case .churn: return try await churn().byInstruction
        case .disk: return try await tables.disk(of: try await names(), now: Date())
        }
    }

    private func churn() async throws -> ChurnCache.Tables {
        try await churns.tables(try await revision()) {
            try await BuildCacheTables(reader: reader).churn(of: try await names())
        }
    }

    private func names() async throws -> [String] { try await reader.sources().map(\.name) }

    func coverage() async throws -> Coverage {
        try await reader.coverage(of: try await reader.sources().map(\.name))
    }

    func ping() async throws { try await reader.database.ping() }

    /// Changes with every collection.
    func revision() async throws -> String {
        let sources = try await reader.database.table(
            "sources", sort: [Sort("source")], columns: ["source", "finished_at", "computed_at"])
        return "\(sources.rows)"
    }
}
