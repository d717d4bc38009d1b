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
            let tables = source.views.map { JSONValue.text($0) }
            return Response.json(JSONValue.object([.init("tables", .list(tables))]).json)
        }
        router.get("/api/v1/openapi.json") { _, _ in
            Response.json(try await OpenAPI.document(of: source).json)
        }
        // The router does not go back from a word that it knows: below it there are addresses of single sources.
        router.get("/api/v1/sources") { request, _ in try await answer(request, "sources") }
        router.get("/api/v1/:table") { request, context in
            try await answer(request, try context.parameters.require("table"))
        }
    }

    private func answer(_ request: Request, _ name: String) async throws -> Response {
        let isCSV = name.hasSuffix(".csv")
        let view = isCSV ? String(name.dropLast(4)) : name
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
