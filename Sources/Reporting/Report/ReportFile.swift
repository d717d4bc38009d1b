/// One file of a report, by its path below the report's folder.
package struct ReportFile: Sendable, Equatable {
    package var path: String
    package var content: String

    package init(path: String, content: String) {
        self.path = path
        self.content = content
    }
}

extension StorageReport {
    /// The folder of the CSV files, beside the HTML file.
    static let csvFolder = "csv"

    /// All files of the report: `report.html`, `report.json`, `report.md` and the CSV files. Throws when the frame of
    /// the page cannot be read.
    package func files() throws -> [ReportFile] {
        var files = [
            ReportFile(path: "report.html", content: try html(csvFolder: Self.csvFolder)),
            ReportFile(path: "report.json", content: json),
            ReportFile(path: "report.md", content: markdown),
        ]
        for entry in tables {
            files.append(.init(path: "\(Self.csvFolder)/\(entry.path).csv", content: CSVText.table(entry.table)))
        }
        return files
    }
}
