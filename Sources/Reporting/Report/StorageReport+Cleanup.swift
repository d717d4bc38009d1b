import Figures

/// The section on what the standing rules would free today, the largest single wins, and what blocks the rest.
extension StorageReport {
    func cleanupSection(_ scope: Scope, _ download: (String) -> String?, _ links: Links) -> Section? {
        guard !scope.cleanup.isEmpty else { return nil }
        var body = ""
        for (number, report) in scope.cleanup.enumerated() {
            if scope.cleanup.count > 1 { body += "<h3>\(HTML.escape(report.source))</h3>\n" }
            body += cleanup(report, "\(anchor("cleanup", scope))-\(number + 1)", scope, download, links)
        }
        return Section(
            id: "cleanup", title: "Clean-up",
            lead:
                "What the clean-up rules would free today, all deletions together, as the source's own garbage collector "
                + "frees it. Nothing that something kept needs is deleted; nothing is deleted by this report.",
            body: body)
    }

    /// The most warnings of a source; a collector that stops at many links names each.
    private static let warningLimit = 10

    private func cleanup(
        _ report: CleanupReport, _ id: String, _ scope: Scope, _ download: (String) -> String?, _ links: Links
    ) -> String {
        var text = KeyFigureTiles(report.keyFigures, units: units).html
        text += "<p class=\"u\">Rules: \(HTML.escape(report.rules.joined(separator: "; "))). "
        text += "Garbage collector: \(HTML.escape(report.collector)).</p>\n"
        for warning in report.warnings.prefix(Self.warningLimit) {
            text += "<p class=\"missing\">\(HTML.escape(warning))</p>\n"
        }
        if report.warnings.count > Self.warningLimit {
            let rest = CountFormat.grouped(Int64(report.warnings.count - Self.warningLimit))
            text += "<p class=\"missing\">\(rest) more: <code>layerscope plan</code> tells them.</p>\n"
        }
        let curve = LossCurve(id: "\(id)-curve", corners: report.curve, units: units).html
        if !curve.isEmpty {
            text +=
                "<h3>What each gigabyte costs</h3>\n<p class=\"u\">The least number of images to give up for so many "
            text += "bytes, of what the rules let go. No plan lies above the curve.</p>\n" + curve
        }
        if !report.deletions.rows.isEmpty {
            text += "<h3>Largest single wins</h3>\n"
            text += Self.cut(report.deletions, report.deletionCount, report.source)
            text +=
                TableView(
                    id: "\(id)-deletions", caption: "Deletions of the clean-up rules", table: report.deletions,
                    columns: deletionColumns(report.deletions, links), sortedBy: "exclusive_bytes", firstRows: 10,
                    download: download("cleanup"), units: units
                ).html
        }
        if !report.holders.rows.isEmpty {
            text += "<h3>Who holds what stays</h3>\n"
            text +=
                TableView(
                    id: "\(id)-holders", caption: "Kept images that hold what the deletions hold",
                    table: report.holders,
                    columns: [
                        .init("name", "Image"), .bar("Holds of what goes", parts: ["held_bytes"], shades: ["f3"]),
                        .init("held_bytes", "Bytes"), .init("frees_bytes", "Would free, if it went, too"),
                    ],
                    sortedBy: "held_bytes", firstRows: 10, units: units
                ).html
        }
        if !report.refusals.rows.isEmpty {
            text += "<h3>What blocks the rest</h3>\n"
            text += Self.cut(report.refusals, report.refusalCount, report.source)
            text +=
                TableView(
                    id: "\(id)-refusals", caption: "What the rules select and what stays", table: report.refusals,
                    columns: [
                        .init("repository", "Repository", link: links.repository), .init("tags", "Tags", limit: 48),
                        .init("blocker", "Kept by"), .init("blocked_by", "Who", limit: 80),
                        .init("digest", "Digest", link: links.image),
                    ],
                    firstRows: 10, units: units
                ).html
        }
        return text
    }

    /// Says so when a table has not all that there are; empty otherwise.
    private static func cut(_ table: Table, _ count: Int64, _ source: String) -> String {
        guard table.rows.count < count else { return "" }
        return
            "<p class=\"u\">\(CountFormat.grouped(Int64(table.rows.count))) of \(CountFormat.grouped(count)) are here; "
            + "<code>layerscope plan --source \(HTML.escape(source))</code> has all.</p>\n"
    }

    /// A column of times is there only if there is a time in it.
    private func deletionColumns(_ table: Table, _ links: Links) -> [TableView.Column] {
        let times = [("pushed_at", "Pushed"), ("pulled_at", "Pulled")].filter { name, _ in
            table.rows.indices.contains { table.value($0, name) != .null }
        }
        return [
            .init("repository", "Repository", link: links.repository), .init("tags", "Tags", limit: 48),
            .bar("Frees alone", parts: ["exclusive_bytes"], shades: ["fw"]), .init("exclusive_bytes", "Bytes"),
            .init("reason", "Rule", limit: 80), .init("kind", "Kind"),
        ] + times.map { .init($0, $1) } + [.init("digest", "Digest", link: links.image)]
    }
}

extension CleanupReport {
    /// The figures of the whole plan.
    var keyFigures: [KeyFigure] {
        [
            KeyFigure(
                "freed_bytes", isExact ? "Would free" : "Would free at most", .integer(freedBytes), .bytes,
                note: RatioFormat.percent(freedBytes, of: heldBytes).map { "\($0) of what is held" } ?? ""),
            KeyFigure(
                "garbage_bytes", "Garbage already", .integer(garbageBytes), .bytes,
                note: "goes without any deletion"),
            KeyFigure(
                "retained_bytes", "Stays all the same", .integer(retainedBytes), .bytes, note: "others hold it, too"),
            KeyFigure(
                "deletions", "Deletions", .integer(deletionCount), .count,
                note: refusalCount == 0 ? "" : "\(CountFormat.grouped(refusalCount)) refused"),
        ]
    }

    /// The row of a source in the table of what the rules would do.
    var row: [Value] {
        [
            .text(source), .text(collector), .list(rules), .integer(heldBytes), .integer(freedBytes),
            .integer(garbageBytes), .integer(retainedBytes), .flag(isExact), .integer(deletionCount),
            .integer(refusalCount), .list(warnings),
        ]
    }

    static let columns: [Table.Column] = [
        .init("source", .text), .init("garbage_collector", .text), .init("rules", .list), .init("held_bytes", .bytes),
        .init("freed_bytes", .bytes), .init("garbage_bytes", .bytes), .init("retained_bytes", .bytes),
        .init("exact", .flag), .init("deletions", .count), .init("refusals", .count), .init("warnings", .list),
    ]
}
