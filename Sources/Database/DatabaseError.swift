import Figures

/// What cannot be done with the database, apart from what PostgreSQL itself refuses (`PostgresError`).
package enum DatabaseError: Error, Sendable, Equatable {
    /// The database was migrated by a newer layerscope: number of its last migration, and of the last one known here.
    case newerDatabase(found: Int, known: Int)
    /// A migration that this database has was changed in the program afterwards.
    case changedMigration(String)
    /// One digest was seen with two sizes.
    case conflictingSizes(digest: String, one: Int64, other: Int64)
    /// A holding or reference names an item that was never recorded.
    case unseenItem(repository: String, name: String, item: String)
    /// A source of this name exists, and is of another kind.
    case otherSourceKind(name: String, stored: String, given: String)
    /// The collection was applied or discarded before, or failed.
    case collectionEnded
    case unknownView(String, views: [String])
    case unknownColumn(String, view: String, columns: [String])
    /// A value that the column cannot be compared with.
    case invalidFilter(column: String, reason: String)
    case unknownSource(String, sources: [String])
    /// No collection of the source was applied yet.
    case notCollected(String)
    /// No clean-up plan of that number, or no deletion in that place of it.
    case unknownPlan(Int, source: String)
    /// A word in the database that this program has no meaning for.
    case unknownWord(String)
    case unknownQuery(String, queries: [String])
    case wrongParameters(query: String, expected: [String], given: Int)
    /// A statement that `query` does not run.
    case notAQuery
    /// The role that reads the views is not there.
    case noReader
    /// A document whose content is not what its digest says.
    case wrongContent(digest: String)
    /// A part of the program's own SQL is missing.
    case missingStatement(String)
    /// The figures do not fit the graph they should be of.
    case unfitFigures(String)
}

extension DatabaseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .newerDatabase(let found, let known):
            "the database has migration \(found), this program knows \(known); use a newer layerscope"
        case .changedMigration(let name):
            "migration \(name) is not the one that this database was made with; "
                + "use the layerscope that made it, or a later one"
        case .conflictingSizes(let digest, let one, let other):
            "\(digest) was seen with \(one) and with \(other) bytes; nothing was changed. One of the two is wrong: "
                + "look at the manifests that name it"
        case .unseenItem(let repository, let name, let item):
            "\(repository)\(name.isEmpty ? "" : ":\(name)") names \(item), which was not recorded; nothing was changed"
        case .otherSourceKind(let name, let stored, let given):
            "source \(name) is known as \(stored), not \(given); give this one another name"
        case .collectionEnded: "the collection has ended; begin a new one"
        case .unknownView(let name, let views): "no view \(name); there are \(views.joined(separator: ", "))"
        case .unknownColumn(let name, let view, let columns):
            "\(view) has no column \(name); it has \(columns.joined(separator: ", "))"
        case .invalidFilter(let column, let reason): "\(column): \(reason)"
        case .unknownSource(let name, let sources):
            sources.isEmpty
                ? "no source \(name); nothing was collected yet"
                : "no source \(name); there are \(sources.joined(separator: ", "))"
        case .notCollected(let name): "nothing of \(name) is known yet; collect it first"
        case .unknownPlan(let id, let source):
            "\(source) has no clean-up plan \(id), or that plan has no such deletion; "
                + "`layerscope query 'TABLE plans'` lists the plans"
        case .unknownWord(let word):
            "the database says \(word), which this program does not know; use a newer layerscope"
        case .unknownQuery(let name, let queries):
            "no query \(name); there are \(queries.joined(separator: ", "))"
        case .wrongParameters(let query, let expected, let given):
            "\(query) takes \(expected.isEmpty ? "no values" : expected.joined(separator: ", ")), not \(given) values"
        case .notAQuery: "only statements that return rows can be run: SELECT, VALUES, TABLE, WITH, EXPLAIN, SHOW"
        case .noReader:
            "the role layerscope_reader is missing or has no rights; let an administrator run "
                + "`CREATE ROLE layerscope_reader; GRANT layerscope_reader TO <the role that layerscope connects as>`, "
                + "then `layerscope database migrate`"
        case .wrongContent(let digest): "the content of \(digest) has another digest; it was not kept"
        case .missingStatement(let name): "the program lacks its statement \(name); build it again"
        case .unfitFigures(let what): "the figures do not fit their graph: \(what)"
        }
    }
}
