package import Figures
package import Reporting

/// What a caller wants of a table: which rows, in which order, how many.
package struct TableRequest: Sendable, Equatable {
    /// A documented view's name.
    package var view: String
    /// Conditions as the command line writes them: `column=value`, `column~glob`, `column>=number`.
    package var filters: [String]
    /// Columns to sort by; a leading hyphen sorts downwards.
    package var sort: [String]
    /// The most rows; nil for all.
    package var limit: Int?
    package var offset: Int

    package init(_ view: String, filters: [String] = [], sort: [String] = [], limit: Int? = nil, offset: Int = 0) {
        self.view = view
        self.filters = filters
        self.sort = sort
        self.limit = limit
        self.offset = offset
    }
}

/// A request that names a table or column that does not exist, or a condition that does not parse.
package struct TableRequestError: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}

/// Where the server's tables come from: the database, or plain values in a test.
package protocol TableSource: Sendable {
    /// The names of the tables that there are.
    var views: [String] { get }
    /// Reads a table. Throws ``TableRequestError`` when the caller's words do not fit.
    func table(_ request: TableRequest) async throws -> Table
    /// Reads a table about builds and their cache.
    ///
    /// - Parameter project: `<none>` for builds without one; nil for all.
    func cacheTable(_ name: CacheTable, project: String?) async throws -> Table
    /// What the tables rest on: which sources, when seen, how completely.
    func coverage() async throws -> Coverage
    /// Throws when the database does not answer.
    func ping() async throws
}

/// A name that no source has.
package struct UnknownSourceError: Error, Sendable, Equatable, CustomStringConvertible {
    package var source: String

    package init(_ source: String) { self.source = source }

    package var description: String { "there is no source \"\(source)\"; collect it first" }
}
