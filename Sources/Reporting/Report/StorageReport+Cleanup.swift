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

    private func cleanup(
        _ report: CleanupReport, _ id: String, _ scope: Scope, _ download: (String) -> String?, _ links: Links
    ) -> String {
        var text = KeyFigureTiles(tiles(report), units: units).html
        text += "<p class=\"u\">Rules: \(HTML.escape(report.rules.joined(separator: "; "))). "
        text += "Garbage collector: \(HTML.escape(report.collector)).</p>\n"
        for warning in report.warnings { text += "<p class=\"missing\">\(HTML.escape(warning))</p>\n" }
        let curve = LossCurve(id: "\(id)-curve", corners: report.curve, units: units).html
        if !curve.isEmpty {
            text +=
                "<h3>What each gigabyte costs</h3>\n<p class=\"u\">The least number of images to give up for so many "
            text += "bytes, of what the rules let go. No plan lies above the curve.</p>\n" + curve
        }
        if !report.deletions.rows.isEmpty {
            text += "<h3>Largest single wins</h3>\n"
            text +=
                TableView(
                    id: "\(id)-deletions", caption: "Deletions of the clean-up rules", table: report.deletions,
                    columns: deletionColumns(links), sortedBy: "exclusive_bytes", firstRows: 10,
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
                        .init("name", "Image"), .bar("Holds", parts: ["held_bytes"], shades: ["f3"]),
                        .init("held_bytes", "Holds of what goes"), .init("frees_bytes", "Would free, if it went, too"),
                    ],
                    sortedBy: "held_bytes", firstRows: 10, units: units
                ).html
        }
        if !report.refusals.rows.isEmpty {
            text += "<h3>What blocks the rest</h3>\n"
            text +=
                TableView(
                    id: "\(id)-refusals", caption: "What the rules select and what stays", table: report.refusals,
                    columns: [
                        .init("repository", "Repository"), .init("tags", "Tags", limit: 48),
                        .init("blocker", "Kept by"), .init("blocked_by", "Who", limit: 80),
                        .init("digest", "Digest", link: links.image),
                    ],
                    firstRows: 10, units: units
                ).html
        }
        return text
    }

    private func tiles(_ report: CleanupReport) -> [KeyFigure] {
        let deletions = report.deletions.rows.count
        return [
            KeyFigure(
                "freed_bytes", report.isExact ? "Would free" : "Would free at most", .integer(report.freedBytes),
                .bytes,
                note: RatioFormat.percent(report.freedBytes, of: report.heldBytes).map { "\($0) of what is held" } ?? ""
            ),
            KeyFigure(
                "garbage_bytes", "Garbage already", .integer(report.garbageBytes), .bytes,
                note: "goes without any deletion"),
            KeyFigure(
                "retained_bytes", "Stays all the same", .integer(report.retainedBytes), .bytes,
                note: "others hold it, too"),
            KeyFigure(
                "deletions", "Deletions", .integer(Int64(deletions)), .count,
                note: report.refusals.rows.isEmpty
                    ? "" : "\(CountFormat.grouped(Int64(report.refusals.rows.count))) refused"),
        ]
    }

    private func deletionColumns(_ links: Links) -> [TableView.Column] {
        [
            .init("repository", "Repository", link: links.repository), .init("tags", "Tags", limit: 48),
            .bar("Frees alone", parts: ["exclusive_bytes"], shades: ["fw"]),
            .init("exclusive_bytes", "Frees alone"), .init("reason", "Rule", limit: 80), .init("kind", "Kind"),
            .init("pushed_at", "Pushed"), .init("pulled_at", "Pulled"), .init("created_at", "Created"),
            .init("digest", "Digest", link: links.image),
        ]
    }
}
