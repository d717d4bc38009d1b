import Figures
import Foundation
import HTTPTypes
package import Hummingbird
import Reporting

/// The JSON API: every documented table, filtered, sorted and paged, as JSON or CSV.
package struct API: Sendable {
    /// The most rows of one JSON answer; CSV has no limit.
    static let rowLimit = 10_000
    static let defaultRows = 100

    private let source: any TableSource

    package init(source: any TableSource) { self.source = source }

    /// Adds the routes under `/api/v1`.
    package func addRoutes(to router: some RouterMethods<some RequestContext>) {
        router.get("/healthz") { _, _ in
            do {
                try await source.ping()
                return Response.text("ok\n")
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return Response.text("the database does not answer\n", status: .serviceUnavailable)
            }
        }
        router.get("/api/v1") { _, _ in
            let tables = (source.views + CacheTable.allCases.map(\.rawValue)).map { JSONValue.text($0) }
            return Response.json(JSONValue.object([.init("tables", .list(tables))]).json)
        }
        router.get("/api/v1/openapi.json") { _, _ in
            Response.json(try await OpenAPI.document(of: source).json)
        }
        // The router does not go back from a word that it knows: below it there are addresses of single sources.
        router.get("/api/v1/sources") { request, _ in try await answer(request, "sources") }
        router.get("/api/v1/builds") { request, _ in try await answer(request, "builds") }
        router.get("/api/v1/builds/:build") { _, context in
            try await build(try context.parameters.build(), steps: false)
        }
        router.get("/api/v1/builds/:build/steps") { _, context in
            try await build(try context.parameters.build(), steps: true)
        }
        router.get("/api/v1/:table") { request, context in
            try await answer(request, try context.parameters.require("table"))
        }
    }

    private func answer(_ request: Request, _ name: String) async throws -> Response {
        let isCSV = name.hasSuffix(".csv")
        let view = isCSV ? String(name.dropLast(4)) : name
        if let table = CacheTable(rawValue: view) { return try await cacheAnswer(request, table, isCSV: isCSV) }
        guard source.views.contains(view) else {
            return Response.problem(.notFound, "there is no table \"\(view)\"; /api/v1 lists those there are")
        }
        do {
            let wanted = try Self.parse(request, view: view, isCSV: isCSV)
            let listing = Listing(try await source.table(wanted), coverage: try await source.coverage())
            let text = try listing.text(isCSV ? .csv : .json)
            return isCSV ? Response.csv(text, name: view) : Response.json(text)
        } catch let error as TableRequestError {
            return Response.problem(.badRequest, error.description)
        }
    }

    /// One build, or its steps, by its number or BuildKit's reference.
    private func build(_ name: String, steps: Bool) async throws -> Response {
        var table = try await source.table(.build(name))
        guard let number = table.rows.isEmpty ? nil : table.value(0, "build").integer else {
            return Response.problem(.notFound, "there is no build \"\(name)\"; /api/v1/builds lists those there are")
        }
        if steps { table = try await source.table(.steps(of: number)) }
        return Response.json(try Listing(table, coverage: try await source.coverage()).text(.json))
    }

    private func cacheAnswer(_ request: Request, _ name: CacheTable, isCSV: Bool) async throws -> Response {
        var project: String?
        for (key, value) in request.uri.queryParameters {
            guard key == "project", name.isOfProject else {
                return Response.problem(
                    .badRequest,
                    "there is no parameter \"\(key)\"\(name.isOfProject ? "; there is project" : " of this table")")
            }
            project = String(value)
        }
        let table = try await source.cacheTable(name, project: project)
        let text = try Listing(table, coverage: try await source.coverage()).text(isCSV ? .csv : .json)
        return isCSV ? Response.csv(text, name: name.rawValue) : Response.json(text)
    }

    /// Reads the query: `filter` (repeatable), `sort` (repeatable), `limit`, `offset`; anything else is refused, so that a
    /// misspelt condition never passes as "no condition".
    static func parse(_ request: Request, view: String, isCSV: Bool) throws(TableRequestError) -> TableRequest {
        var wanted = TableRequest(view, limit: isCSV ? nil : defaultRows)
        for (key, value) in request.uri.queryParameters {
            switch key {
            case "filter": wanted.filters.append(String(value))
            case "sort": wanted.sort.append(String(value))
            case "limit":
                guard let limit = Int(value), (1...rowLimit).contains(limit) else {
                    throw TableRequestError("limit is a number from 1 to \(rowLimit)")
                }
                wanted.limit = limit
            case "offset":
                guard let offset = Int(value), offset >= 0 else {
                    throw TableRequestError("offset is a number from 0")
                }
                wanted.offset = offset
            default:
                throw TableRequestError("there is no parameter \"\(key)\"; there are filter, sort, limit and offset")
            }
        }
        return wanted
    }
}

extension TableRequest {
    /// One build, by its number or BuildKit's reference.
    static func build(_ name: String) -> TableRequest {
        TableRequest("builds", filters: [Int32(name) == nil ? "reference=\(name)" : "build=\(name)"], limit: 1)
    }

    static func steps(of build: Int64) -> TableRequest {
        TableRequest("steps", filters: ["build=\(build)"], sort: ["number"])
    }
}

extension Parameters {
    /// A build's number or reference in the address; a reference has slashes, which come as `%2F`.
    func build() throws -> String {
        guard let name = try require("build").removingPercentEncoding else {
            throw HTTPError(.badRequest, message: "the build's name in the address is not UTF-8")
        }
        return name
    }
}
