import Database
import Figures

extension Reader {
    /// Rows of a query without a limit of its own.
    static let rowLimit = 100_000

    /// Runs SQL, or the query of that name, as a role that can only read.
    func query(
        _ text: String, _ parameters: [ParameterOption], timeout: Duration, limit: Int?
    ) async throws -> Table {
        guard let named = NamedQuery.all.first(where: { $0.name == text }) else {
            // One word is a name; SQL has more.
            let isWord = text.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
            guard !isWord || text.isEmpty else {
                throw DatabaseError.unknownQuery(text, queries: NamedQuery.all.map(\.name))
            }
            guard parameters.isEmpty else {
                throw CommandFailure(.usage, "--param is for named queries; `layerscope query --list` lists them")
            }
            let answer = try await database.query(text, timeout: timeout, rowLimit: limit ?? Self.rowLimit)
            if answer.isCut && limit == nil {
                StandardError.warn("only the first \(Self.rowLimit) rows; allow more by --limit")
            }
            return answer.table
        }
        let known = named.parameters.map(\.name)
        for parameter in parameters where !known.contains(parameter.name) {
            throw CommandFailure(
                .usage,
                known.isEmpty
                    ? "query \(text) takes no parameters"
                    : "query \(text) has no parameter \(parameter.name); it takes \(known.joined(separator: ", "))")
        }
        let values = try named.parameters.map { parameter in
            guard let given = parameters.last(where: { $0.name == parameter.name }) else {
                throw CommandFailure(
                    .usage, "query \(text) needs --param \(parameter.name)=…: \(parameter.meaning)")
            }
            return given.value
        }
        return try await database.query(named: text, values, timeout: timeout)
    }
}
