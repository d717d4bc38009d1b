package import Figures
import Postgres

/// A query that comes with the program.
package struct NamedQuery: Sendable, Equatable {
    /// A value that the query needs.
    package struct Parameter: Sendable, Equatable {
        package var name: String
        package var meaning: String
    }

    package var name: String
    /// The question that it answers.
    package var question: String
    /// In the order in which their values are given.
    package var parameters: [Parameter]
    package var sql: String

    /// All of them, by name.
    package static let all: [NamedQuery] = Statements.files.values
        .filter { $0.header["for"] == "user" }
        .compactMap { file in
            guard let step = file.steps.first, let name = file.header["name"] else { return nil }
            return NamedQuery(
                name: name, question: file.header["question"] ?? "",
                parameters: parameters(file.header["parameters"] ?? ""), sql: step.sql)
        }
        .sorted { $0.name < $1.name }

    /// Reads `$1 digest: what it is; $2 …`.
    private static func parameters(_ text: String) -> [Parameter] {
        text.split(separator: ";").compactMap { part in
            let words = part.drop { $0 == " " }
            guard words.hasPrefix("$"), let space = words.firstIndex(of: " "),
                let colon = words.firstIndex(of: ":"), space < colon
            else { return nil }
            return Parameter(
                name: String(words[words.index(after: space)..<colon]),
                meaning: words[words.index(after: colon)...].split(separator: " ").joined(separator: " "))
        }
    }
}

extension LayerscopeDatabase {
    /// The queries that come with the program.
    package func namedQueries() -> [NamedQuery] { NamedQuery.all }

    /// Runs a query that comes with the program. Throws ``DatabaseError`` when there is none of that name, or the
    /// number of values is another one.
    package func query(
        named name: String, _ values: [String] = [], timeout: Duration = .seconds(30), rowLimit: Int = 100_000
    ) async throws -> Table {
        guard let query = NamedQuery.all.first(where: { $0.name == name }) else {
            throw DatabaseError.unknownQuery(name, queries: NamedQuery.all.map(\.name))
        }
        guard query.parameters.count == values.count else {
            throw DatabaseError.wrongParameters(
                query: name, expected: query.parameters.map(\.name), given: values.count)
        }
        var table = try await self.query(query.sql, values, timeout: timeout, rowLimit: rowLimit).table
        table.name = name
        return table
    }
}
