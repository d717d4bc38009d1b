package import Figures

/// The tables about builds and their cache, as the report and the pages of the server show them.
package struct BuildCacheViews: Sendable {
    package var units: ByteUnits
    package var links: StorageReport.Links
    /// Where the CSV file of a table is; nil for none.
    package var download: @Sendable (_ table: String) -> String?

    package init(
        units: ByteUnits = .si, links: StorageReport.Links,
        download: @escaping @Sendable (_ table: String) -> String? = { _ in nil }
    ) {
        self.units = units
        self.links = links
        self.download = download
    }

    /// Weeks in a chart.
    private static let weeks = 26

    /// Rates of projects.
    package func projects(_ table: Table) -> String {
        TableView(
            id: "projects-table", caption: "Build cache by project", table: table,
            columns: [
                .init("project", "Project", link: links.project), .init("builds", "Builds"), .init("hits", "Hits"),
                .init("misses", "Misses"), .init("hit_rate", "Hit rate"), .init("time_hit_rate", "By time"),
                .init("seconds_saved", "Saved (s)"), .init("seconds_lost", "Lost (s)"),
                .init("seconds_per_build", "Mean build (s)"), .init("failed_builds", "Failed"),
            ],
            sortedBy: "builds", download: download("projects"), units: units
        ).html
    }

    /// Instructions that missed.
    package func instructions(_ table: Table) -> String {
        guard !table.rows.isEmpty else { return "<p>No instruction missed.</p>\n" }
        var columns: [TableView.Column] = [
            .init("instruction", "Instruction", isCode: true, limit: 120), .init("seconds_lost", "Lost (s)"),
            .init("seconds_run", "Ran (s)"), .init("hits", "Hits"), .init("misses", "Misses"),
            .init("hit_rate", "Hit rate"), .init("cause", "Usual first cause"), .init("lines", "Lines"),
            .init("project", "Project", link: links.project), .init("target", "Target"),
            .init("dockerfile", "Dockerfile"),
        ]
        columns.removeAll { column in
            ["lines", "project", "target", "dockerfile"].contains(column.name) && Self.isEmpty(column.name, of: table)
        }
        var table = table
        if let place = table.position(of: "cause") { Self.sayCauses(in: &table, place) }
        return TableView(
            id: "instructions-table", caption: "Instructions by seconds lost", table: table, columns: columns,
            sortedBy: Self.isEmpty("seconds_lost", of: table) ? nil : "seconds_lost", firstRows: 12,
            download: download("instructions"), units: units
        ).html
    }

    /// First misses by cause.
    package func causes(_ table: Table) -> String {
        guard !table.rows.isEmpty else { return "<p>No build missed.</p>\n" }
        var table = table
        if let place = table.position(of: "cause") { Self.sayCauses(in: &table, place) }
        return TableView(
            id: "causes-table", caption: "First misses by cause", table: table,
            columns: [
                .init("cause", "Cause"), .init("misses", "First misses"), .init("builds", "Builds"),
                .init("seconds_run", "Ran (s)"), .init("seconds_lost", "Lost (s)"),
            ],
            sortedBy: "misses", download: download("first_miss_causes"), units: units
        ).html
    }

    /// Bytes that came again, the latest weeks of each source as bars.
    package func churnByWeek(_ table: Table) -> String {
        var sources: [String] = []
        for row in table.rows.indices {
            let source = table.value(row, "source").text ?? ""
            if !sources.contains(source) { sources.append(source) }
        }
        var text = ""
        for source in sources {
            let rows = table.rows.indices.filter { table.value($0, "source").text == source }
            let bars = rows.suffix(Self.weeks).map { row in
                let (bytes, layers) = (table.value(row, "bytes").integer ?? 0, table.value(row, "layers").integer ?? 0)
                let unknown = table.value(row, "unknown_layers").integer ?? 0
                var figure = "\(PageText.bytes(bytes, units: units)), \(PageText.counted(layers, "layer"))"
                if unknown > 0 { figure += ", \(CountFormat.grouped(unknown)) of unknown size" }
                return BarChart.Bar(
                    name: table.value(row, "week").text ?? "", parts: [("came again", bytes, "fw")], figure: figure)
            }
            if sources.count > 1 { text += "<h4>\(HTML.escape(source))</h4>\n" }
            text += BarChart(title: "Bytes that came again, by week, in \(source)", bars: bars, units: units).html
            if rows.count > Self.weeks {
                text += "<p class=\"note\">The latest \(Self.weeks) of \(PageText.counted(Int64(rows.count), "week")) "
                text += "with churn\(download("churn_by_week") == nil ? "" : "; the CSV file has all").</p>\n"
            }
        }
        if let file = download("churn_by_week") {
            text += "<p class=\"note\"><a href=\"\(HTML.escape(file))\">CSV, by week</a></p>\n"
        }
        return text
    }

    /// Where it came again.
    package func churn(_ table: Table) -> String {
        TableView(
            id: "churn-table", caption: "Layers that came again", table: table,
            columns: [
                .init("repository", "Repository", link: links.repository),
                .init("instruction", "Instruction", isCode: true, limit: 120),
                .bar("Came again", parts: ["bytes"], shades: ["fw"]), .init("bytes", "Bytes"),
                .init("layers", "Layers"), .init("unknown_layers", "Of unknown size"), .init("source", "Source"),
            ],
            sortedBy: "bytes", firstRows: 12, download: download("churn"), units: units
        ).html
    }

    /// Records of builders' caches by type.
    package func disk(_ table: Table) -> String {
        TableView(
            id: "disk-table", caption: "Records of build caches", table: table,
            columns: [
                .init("source", "Source"), .init("type", "Type"),
                .bar("On disk", parts: ["bytes"], shades: ["f2"]), .init("bytes", "Bytes"),
                .init("shared_bytes", "Shared with images"), .init("in_use_bytes", "In use"),
                .init("never_used_again_bytes", "Never used again"), .init("records", "Records"),
                .init("never_used_again_records", "Never used again (records)"),
                .init("unknown_records", "Of unknown size"),
            ],
            sortedBy: "bytes", download: download("disk"), units: units
        ).html
    }

    /// Whether no row has a value in the column.
    private static func isEmpty(_ column: String, of table: Table) -> Bool {
        !table.rows.indices.contains { ![.null, .text("")].contains(table.value($0, column)) }
    }

    /// Causes in words, in a column.
    package static func sayCauses(in table: inout Table, _ place: Int) {
        for row in table.rows.indices {
            if let cause = table.rows[row][place].text { table.rows[row][place] = .text(MissWords.of(cause)) }
        }
    }
}
