import Figures

extension StorageReport {
    /// A summary in Markdown (CommonMark with tables): coverage, key figures, the largest holders, waste, checks.
    package var markdown: String {
        var text = "# \(Markdown.escape(title))\n\n"
        text += "\(TimeFormat.long(generatedAt) ?? ""). \(Markdown.escape(generator))\n\n## Coverage\n\n"
        for source in coverage.sources {
            text += "- **\(Markdown.escape(source.name))** (\(Markdown.escape(source.kind))): "
            text += source.collectedAt == nil ? "never collected" : source.isComplete ? "complete" : "**incomplete**"
            text += ", \(PageText.time(source.collectedAt))\n"
            for look in source.looks {
                text += "  - \(CoverageList.title(look.scope)): \(PageText.time(look.at))\n"
            }
            for aspect in source.aspects where aspect.isMissing {
                let expected = aspect.expected.map { " of \(CountFormat.grouped($0))" } ?? ""
                text += "  - \(Markdown.escape(aspect.name)): \(Markdown.escape(aspect.outcome)), "
                text += "\(CountFormat.grouped(aspect.seen))\(expected) seen. \(Markdown.escape(aspect.detail)) "
                text += "\(Markdown.escape(aspect.hint))\n"
            }
        }
        if coverage.sources.isEmpty { text += "No source was collected yet.\n" }
        if coverage.unknownObjects > 0 {
            text += "\nThe size of \(PageText.counted(coverage.unknownObjects, "object")) cannot be known.\n"
        }
        for scope in scopes { text += markdown(scope) }
        if let buildCache { text += markdown(buildCache) }
        return text + checksMarkdown
    }

    private func markdown(_ scope: Scope) -> String {
        var text = scopes.count > 1 ? "\n## \(Markdown.escape(scope.title))\n" : ""
        let level = scopes.count > 1 ? "###" : "##"
        text += "\n\(level) Key figures\n\n" + markdown(scope.keyFigures)
        for usage in scope.usage where !usage.table.rows.isEmpty {
            let shown = ["images", "apparent_bytes", "stored_bytes", "exclusive_bytes", "fair_share_bytes"]
            text += "\n\(level) Who holds the bytes, by \(Markdown.escape(usage.by))\n\n"
            text += table(usage.table, [usage.by] + shown, sortedBy: "fair_share_bytes", most: 10)
        }
        text += "\n\(level) How often each byte is used\n\n| held by | objects | bytes |\n|---|---:|---:|\n"
        for bucket in scope.referenceCounts {
            text += "| \(bucket.title) | \(CountFormat.grouped(bucket.objects)) "
            text += "| \(PageText.bytes(bucket.bytes, units: units)) |\n"
        }
        text += "\n\(level) Waste\n\n"
        if scope.waste.rows.isEmpty {
            text += "None.\n"
        } else {
            text += table(scope.waste, scope.waste.columns.map(\.name), sortedBy: nil, most: 20)
        }
        for report in scope.cleanup { text += markdown(report, level) }
        return text
    }

    private func markdown(_ report: CleanupReport, _ level: String) -> String {
        var text = "\n\(level) Clean-up of \(Markdown.escape(report.source))\n\n"
        text += "Rules: \(Markdown.escape(report.rules.joined(separator: "; "))). "
        text += "Garbage collector: \(Markdown.escape(report.collector)).\n\n" + markdown(report.keyFigures)
        if !report.deletions.rows.isEmpty {
            text += "\nLargest single wins:\n\n"
            text += table(
                report.deletions, ["repository", "tags", "digest", "exclusive_bytes", "reason"],
                sortedBy: "exclusive_bytes", most: 10)
        }
        for warning in report.warnings { text += "\n- **\(Markdown.escape(warning))**" }
        return report.warnings.isEmpty ? text : text + "\n"
    }

    func markdown(_ figures: [KeyFigure]) -> String {
        var text = "| figure | value | |\n|---|---:|---|\n"
        for figure in figures {
            let value = Markdown.escape(figure.text(units))
            text += "| \(Markdown.escape(figure.label)) | \(value) | \(Markdown.escape(figure.note)) |\n"
        }
        return text
    }

    func table(_ table: Table, _ names: [String], sortedBy: String?, most: Int) -> String {
        let view = TableView(id: "", caption: "", table: table, sortedBy: sortedBy, units: units)
        let positions = names.compactMap(table.position(of:))
        let numbers: Set<Table.Kind> = [.bytes, .count, .ratio]
        var text = "|" + positions.map { " \(Markdown.escape(TableView.heading(table.columns[$0]))) |" }.joined()
        text += "\n|" + positions.map { numbers.contains(table.columns[$0].kind) ? "---:|" : "---|" }.joined() + "\n"
        for row in view.sortedRows.prefix(most) {
            text += "|" + positions.map { " \(cell(row[$0], table.columns[$0].kind)) |" }.joined() + "\n"
        }
        if table.rows.count > most {
            text += "\n\(CountFormat.grouped(Int64(table.rows.count - most))) more in the CSV files.\n"
        }
        return text
    }

    private func cell(_ value: Value, _ kind: Table.Kind) -> String {
        Markdown.escape(PageText.cell(value, kind, units: units, limit: 120))
    }

    private var checksMarkdown: String {
        let holding = checks.filter { $0.outcome == .holds }.count
        var text = "\n## Checks\n\n\(holding) of \(PageText.counted(Int64(checks.count), "check")) "
        text += holding == 1 ? "holds.\n" : "hold.\n"
        for check in checks where check.outcome != .holds {
            let word = check.outcome == .broken ? "**broken**" : "differs, explained"
            text += "\n- \(word): \(Markdown.escape(check.name)) \(Markdown.escape(check.scope)): "
            text += "\(CountFormat.grouped(check.left)) against \(CountFormat.grouped(check.right)). "
            text += Markdown.escape(check.note)
        }
        return text + "\n"
    }
}

/// Escaping of outside text in Markdown.
enum Markdown {
    /// Text that is read as itself: every mark of CommonMark gets a backslash, and no line ends within it.
    static func escape(_ text: String) -> String {
        let marks: Set<Character> = ["\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "#", "|", "!", "~", "&"]
        return TerminalText.harmless(text).reduce(into: "") { result, character in
            if marks.contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
