import Figures
import Reporting

/// The tables of builds, of their steps, and of caches.
extension PageTables {
    /// The figures of a build, from its row of the view `builds`, as tiles; what is not known stays absent.
    static func figures(ofBuild table: Table) -> [KeyFigure] {
        let hits = table.value(0, "hits").integer ?? 0
        let all = hits + (table.value(0, "misses").integer ?? 0)
        let unknown = table.value(0, "unknown_hits").integer ?? 0
        func figure(_ name: String, _ label: String, _ text: (Double) -> String, _ note: String = "") -> KeyFigure {
            let value = table.value(0, name)
            return KeyFigure(name, label, value, .ratio, note: note, shown: value.real.map(text))
        }
        let withoutCache = table.value(0, "uses_cache") == .flag(false) ? "the builder looked up no cache" : nil
        return [
            KeyFigure("result", "Result", table.value(0, "result"), .text),
            figure("duration_seconds", "Took", SecondsFormat.human),
            figure(
                "hit_rate", "Hit rate", RatioFormat.percent,
                all > 0
                    ? "\(CountFormat.grouped(hits)) of \(PageText.counted(all, "step"))"
                    : withoutCache ?? "no step hit or missed"),
            figure(
                "time_hit_rate", "By time", RatioFormat.percent,
                hits > 0 && unknown == hits ? "not known what hits saved" : ""),
            figure(
                "seconds_saved", "Saved by hits", SecondsFormat.human,
                unknown > 0 ? "not known of \(PageText.counted(unknown, "hit"))" : ""),
            figure("seconds_lost", "Lost to misses", SecondsFormat.human, "of steps that had not changed"),
        ]
    }

    /// - Parameter project: what all of the builds are of; nil for a column that tells it.
    static func builds(_ table: Table, project: String?, download: String) -> TableView {
        var columns: [TableView.Column] = [
            .init("build", "Build", link: "/builds/{}", linkKey: "address"),
            .init("project", "Project", link: "/builds?project={}"), .init("started_at", "Started"),
            .init("result", "Result"), .init("hits", "Hits"), .init("misses", "Misses"), .init("hit_rate", "Hit rate"),
            .init("time_hit_rate", "By time"), .init("duration_seconds", "Took (s)"),
            .init("seconds_saved", "Saved (s)"), .init("seconds_lost", "Lost (s)"),
            .init("first_miss_cause", "First miss", limit: 60),
            .init("first_miss", "Instruction", isCode: true, limit: 80), .init("target", "Target"),
            .init("branch", "Branch"), .init("commit", "Commit"), .init("builder", "Builder"),
            .init("tool", "Built with"),
        ]
        columns.removeAll { $0.name != "build" && !isKnown($0.name, in: table) }
        if project != nil { columns.removeAll { $0.name == "project" } }
        var shown = said(table, "first_miss_cause")
        shown.columns.append(.init("address", .text))
        let commit = shown.position(of: "commit")
        for row in shown.rows.indices {
            if let commit, let hash = shown.rows[row][commit].text {
                shown.rows[row][commit] = .text(String(hash.prefix(12)))
            }
            shown.rows[row].append(.text(String(table.value(row, "build").integer ?? 0)))
        }
        return TableView(
            id: "builds-table", caption: "Builds", table: shown,
            columns: columns + [.init("address", "", isHidden: true)], firstRows: 30, download: download)
    }

    static func steps(_ table: Table, download: String) -> TableView {
        TableView(
            id: "steps-table", caption: "Steps", table: table,
            columns: [
                .init("number", "No."), .init("text", "Step", isCode: true, limit: 160), .init("stage", "Stage"),
                .init("platform", "Platform"), .init("kind", "Kind"), .init("outcome", "Outcome"),
                .init("start_seconds", "From (s)"), .init("duration_seconds", "Took (s)"),
                .init("seconds_saved", "Saved (s)"), .init("seconds_lost", "Lost (s)"), .init("lines", "Lines"),
            ].filter { isKnown($0.name, in: table) }, firstRows: 20, download: download)
    }

    static func firstMisses(_ table: Table) -> TableView {
        TableView(
            id: "misses-table", caption: "First misses", table: said(table, "cause"),
            columns: [
                .init("stage", "Stage"), .init("text", "Instruction", isCode: true, limit: 120),
                .init("cause", "Cause"), .init("evidence", "Evidence", limit: 300), .init("lines", "Lines"),
                .init("duration_seconds", "Took (s)"), .init("seconds_lost", "Lost (s)"),
            ].filter { isKnown($0.name, in: table) })
    }

    /// - Parameter names: the columns in their order.
    static func cacheRecords(_ table: Table, _ names: [String]) -> TableView {
        TableView(
            id: "records-table", caption: "Records of build caches", table: table,
            columns: names.compactMap { name in
                table.position(of: name).map { place in
                    let column = table.columns[place]
                    return TableView.Column(
                        name, TableView.heading(column), isCode: name == "description",
                        limit: column.kind == .text || column.kind == .list ? 120 : nil)
                }
            }, sortedBy: "bytes", download: "/api/v1/cache_records.csv")
    }

    /// Whether a row has a value in the column.
    private static func isKnown(_ column: String, in table: Table) -> Bool {
        table.rows.indices.contains { ![.null, .text("")].contains(table.value($0, column)) }
    }

    private static func said(_ table: Table, _ column: String) -> Table {
        var table = table
        if let place = table.position(of: column) { BuildCacheViews.sayCauses(in: &table, place) }
        return table
    }
}
