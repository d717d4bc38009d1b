import Database
import Figures
import Foundation
import Postgres
import Reporting

/// Runs SQL that only reads, or a named query.
struct QueryRun {
    let text: String?
    let parameters: [ParameterOption]
    let timeout: Duration
    let listing: ListingArguments
    let database: DatabaseOptions

    /// The longest SQL that is read from standard input, in bytes.
    private static let byteLimit = 1 << 20

    func run() async throws {
        let output = try Output(listing)
        guard let text else { return try output.print(Listing(Self.named, identifier: "name")) }
        let sql = try text == "-" ? Self.standardInput() : text
        try await database.read { reader in
            let table = try await table(sql, reader)
            let limited = table.limited(listing.limit)
            try output.print(Listing(limited, identifier: limited.columns.first?.name))
        }
    }

    private func table(_ sql: String, _ reader: Reader) async throws -> Table {
        do {
            return try await reader.query(sql, parameters, timeout: timeout, limit: listing.limit)
        } catch let error as PostgresError where error.kind == .timedOut {
            let seconds = timeout.components.seconds
            throw CommandFailure(
                .unavailable,
                "the query took longer than \(seconds == 1 ? "1 second" : "\(seconds) seconds"); allow more by --timeout"
            )
        } catch let error as PostgresError where error.kind == .statementFailed {
            // The SQL is the user's: what the server says of it is what helps.
            throw CommandFailure(
                .usage, [error.message, error.detail, error.hint].compactMap { $0 }.joined(separator: "; "))
        }
    }

    private static func standardInput() throws -> String {
        let content = try FileHandle.standardInput.read(upToCount: byteLimit + 1) ?? Data()
        guard content.count <= byteLimit, let text = String(data: content, encoding: .utf8), !text.isEmpty else {
            throw CommandFailure(.usage, "standard input holds no SQL, or more than \(byteLimit) bytes of it")
        }
        return text
    }

    /// The queries that have a name, with the question that each answers.
    private static var named: Table {
        Table(
            name: "queries",
            columns: [.init("name", .text), .init("question", .text), .init("parameters", .text)],
            rows: NamedQuery.all.map { query in
                let parameters = query.parameters.map { "\($0.name): \($0.meaning)" }
                return [.text(query.name), .text(query.question), .text(parameters.joined(separator: "; "))]
            })
    }
}
