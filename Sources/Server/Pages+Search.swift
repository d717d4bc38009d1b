import Figures
import Hummingbird
import Reporting

extension Pages {
    /// Everything whose name, tag, digest or instruction has the words in it.
    func search(_ words: String) async throws -> Response {
        let words = words.trimmingPrefix { $0 == " " }.prefix(200).description
        guard !words.isEmpty else {
            return page("Search", "<p>Give a part of a repository's name, a tag, a digest or an instruction.</p>")
        }
        // What the user wrote is looked for as it is: in a glob these characters would mean something else.
        let glob = "*" + words.map { "*?[]\\".contains($0) ? "?" : String($0) }.joined() + "*"
        let places: [(id: String, title: String, view: String, columns: [String])] = [
            ("repositories", "Repositories", "usage_by_repository", ["repository"]),
            ("tags", "Tags", "tags", ["tag"]),
            ("images", "Images", "items", ["digest", "image_id"]),
            ("layers", "Layers", "layers", ["digest", "diff_id", "instruction"]),
        ]
        var content = ""
        for place in places {
            let table = try await found(glob, in: place.view, columns: place.columns)
            guard !table.rows.isEmpty else { continue }
            let id = place.id + "-table"
            let view =
                switch place.id {
                case "repositories": PageTables.repositories(table, id: id)
                case "layers": PageTables.layers(table, id: id)
                case "tags": PageTables.tags(table, id: id, download: nil)
                default: PageTables.items(table, id: id)
                }
            content += Self.section(place.id, place.title, lead: Self.truncation(table), view.html)
        }
        if content.isEmpty {
            content = "<p>Nothing has “\(HTML.escape(words))” in its name, tag, digest or instruction.</p>"
        }
        return page("Search", subtitle: words, query: words, content)
    }

    /// The rows in which one of the columns matches, each once.
    private func found(_ glob: String, in view: String, columns: [String]) async throws -> Table {
        var all: Table?
        for column in columns {
            let table = try await source.table(
                TableRequest(view, filters: ["\(column)~\(glob)"], limit: Self.rowLimit))
            guard var sum = all else {
                all = table
                continue
            }
            let known = Set(sum.rows)
            sum.rows += table.rows.filter { !known.contains($0) }
            all = sum
        }
        return all ?? Table(name: view, columns: [])
    }
}
