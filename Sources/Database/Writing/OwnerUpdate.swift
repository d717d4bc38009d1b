import Figures
import Postgres

/// Finds the owner of every repository of a source by rules, and writes those that changed.
struct OwnerUpdate {
    /// An owner that a label names is cut at so many characters: labels are anybody's text, and owners are keys.
    static let ownerLength = 200
    static let nobody = "<none>"

    let rules: OwnerRules

    func apply(_ connection: PostgresConnection, source: Int32) async throws {
        var labels: [Int32: [String: String]] = [:]
        for key in rules.labelKeys {
            let found = try await connection.query(
                try Statements.sql("owners", "label"), [.int4(source), .text(StoredText.clean(key))])
            for row in found.rows { labels[try row.int4(0), default: [:]][key] = try row.text(1) }
        }
        let repositories = try await connection.query(
            try Statements.sql("owners", "repositories"), [.int4(source)])
        var changed: [Int32] = []
        var owners: [String] = []
        for row in repositories.rows {
            let (repository, name, before) = (try row.int4(0), try row.text(1), try row.text(2))
            let found = rules.owner(ofRepository: name, labels: labels[repository] ?? [:])
            let owner =
                found.map {
                    StoredText.clean(String(String.UnicodeScalarView($0.unicodeScalars.prefix(Self.ownerLength))))
                } ?? Self.nobody
            guard owner != before else { continue }
            changed.append(repository)
            owners.append(owner)
        }
        guard !changed.isEmpty else { return }
        try await connection.execute(
            try Statements.sql("owners", "update"), [.int4(source), .int4Array(changed), .textArray(owners)])
    }
}
