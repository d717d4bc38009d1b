import Schema

/// The program's own SQL, by file and step.
///
/// A file opens with a comment (name, for whom, question, parameters); `-- step: NAME` lines divide it into statements.
package enum Statements {
    /// A file, taken apart.
    package struct File: Sendable {
        package var name: String
        /// The lines of the opening comment by their keyword: `question`, `parameters`, `for`.
        package var header: [String: String]
        /// The statements in order; the name is empty in a file that has one statement.
        package var steps: [(name: String, sql: String)]
        package var text: String
    }

    /// All files by name.
    package static let files = Dictionary(
        uniqueKeysWithValues: SQLFiles.queries.map { ($0.name, parse($0.name, $0.text)) })

    /// A statement. Throws ``DatabaseError/missingStatement(_:)`` when there is none of that name.
    package static func sql(_ file: String, _ step: String = "") throws -> String {
        guard let sql = files[file]?.steps.first(where: { $0.name == step })?.sql else {
            throw DatabaseError.missingStatement("\(file).\(step)")
        }
        return sql
    }

    /// Takes a file apart.
    static func parse(_ name: String, _ text: String) -> File {
        var file = File(name: name, header: [:], steps: [], text: text)
        var keyword = ""
        var body: [Substring] = []
        var step = ""
        var isHeader = true
        let finish = { (file: inout File, step: String, body: [Substring]) in
            guard body.contains(where: { !$0.isEmpty && !$0.hasPrefix("--") }) else { return }
            let sql = body.joined(separator: "\n")
            file.steps.append((step, String(sql.drop { $0.isWhitespace })))
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("-- step: ") {
                finish(&file, step, body)
                (step, body, isHeader) = (String(line.dropFirst(9)), [], false)
            } else if isHeader, line.hasPrefix("--") {
                let words = line.dropFirst(2).drop { $0 == " " }
                if let colon = words.firstIndex(of: ":"),
                    ["name", "for", "question", "parameters"].contains(words[..<colon])
                {
                    keyword = String(words[..<colon])
                    file.header[keyword] = String(words[words.index(after: colon)...].drop { $0 == " " })
                } else {
                    file.header[keyword, default: ""] += " " + words
                }
            } else {
                isHeader = isHeader && line.isEmpty
                body.append(line)
            }
        }
        finish(&file, step, body)
        return file
    }
}
