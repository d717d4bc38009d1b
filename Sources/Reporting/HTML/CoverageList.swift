/// What the figures rest on, source by source: when, how complete, what is missing and what can be done.
package struct CoverageList: Sendable {
    package var coverage: Coverage

    package init(_ coverage: Coverage) { self.coverage = coverage }

    /// The list as HTML.
    package var html: String {
        guard !coverage.sources.isEmpty else { return "<p>No source was collected yet.</p>\n" }
        var text = "<ul class=\"sources\">\n"
        for source in coverage.sources { text += sourceText(source) }
        text += "</ul>\n"
        if coverage.unknownObjects > 0 {
            text +=
                "<p class=\"note\">The size of \(PageText.counted(coverage.unknownObjects, "object")) cannot be known: "
            text += "they are in no sum.</p>\n"
        }
        return text
    }

    private func sourceText(_ source: Coverage.Source) -> String {
        let state: String
        if source.collectedAt == nil {
            state = "<span class=\"bad\">never collected</span>"
        } else {
            state =
                source.isComplete
                ? "<span class=\"good\">complete</span>" : "<span class=\"warn\">incomplete</span>"
        }
        let bytes = ["unpacked": "bytes unpacked on disk", "stored": "bytes as stored, mostly compressed"]
        let facts = [source.kind, source.product, source.location, bytes[source.bytesAre] ?? source.bytesAre]
            .filter { !$0.isEmpty }
        var text = "<li><div><strong>\(HTML.escape(source.name))</strong>"
        text += "<p class=\"sub\">\(HTML.escape(facts.joined(separator: " · ")))</p></div><div>"
        text += "<div>\(state) <span class=\"u\">\(HTML.escape(PageText.time(source.collectedAt)))</span></div>"
        let looks = source.looks
        for look in looks {
            text += "<div class=\"u\">\(HTML.escape("\(Self.title(look.scope)): \(PageText.time(look.at))"))</div>"
        }
        let seen = source.aspects.filter { $0.outcome != "not_available" && !$0.isMissing }
        let absent = source.aspects.filter { $0.outcome == "not_available" }
        for scope in looks.isEmpty ? [nil] : looks.map({ Optional($0.scope) }) {
            let own = seen.filter { scope == nil || $0.scope == scope }
            guard !own.isEmpty else { continue }
            let counts = own.map { "\(CountFormat.grouped($0.seen))\u{a0}\($0.name)" }.joined(separator: " · ")
            text += "<p class=\"sub\">\(HTML.escape((scope.map { Self.title($0) + ": " } ?? "") + counts))</p>"
        }
        for aspect in source.aspects where aspect.isMissing { text += missingText(aspect) }
        for aspect in absent {
            let why = [aspect.detail, aspect.hint].filter { !$0.isEmpty }.joined(separator: " ")
            text += "<p class=\"sub\">\(HTML.escape(aspect.name)): not to be had here"
            text += (why.isEmpty ? "" : HTML.escape(". " + why)) + "</p>"
        }
        return text + "</div></li>\n"
    }

    /// What a collection of a scope looked at.
    static func title(_ scope: String) -> String { scope == "named" ? "names" : "storage" }

    private func missingText(_ aspect: Coverage.Aspect) -> String {
        var seen = "\(CountFormat.grouped(aspect.seen)) seen"
        if let expected = aspect.expected {
            seen = "\(CountFormat.grouped(aspect.seen)) of \(CountFormat.grouped(expected)) seen"
        }
        var text =
            "<div class=\"missing\(aspect.outcome == "failed" ? " failed" : "")\"><b>\(HTML.escape(aspect.name)): "
        text += "\(HTML.escape(aspect.outcome)), \(seen).</b>"
        if !aspect.detail.isEmpty { text += " \(HTML.escape(aspect.detail))" }
        if !aspect.hint.isEmpty { text += "<br/><span>→ \(HTML.escape(aspect.hint))</span>" }
        return text + "</div>"
    }
}
