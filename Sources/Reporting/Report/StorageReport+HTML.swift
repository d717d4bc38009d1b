import Figures

extension StorageReport {
    /// The report as one HTML file that requests nothing. `csvFolder` is where the CSV files lie relative to it; nil
    /// when there are none. Throws when the frame of the page cannot be read.
    package func html(csvFolder: String? = nil) throws -> String {
        try PageRenderer(units: units).render(page(csvFolder: csvFolder), as: .file)
    }

    /// The report as a page without its frame. With `links`, names and digests lead to the pages of a server.
    package func page(csvFolder: String? = nil, links: Links = Links()) -> Page {
        var content = section("coverage", "Coverage", lead: coverageLead, CoverageList(coverage).html)
        var navigation = [Page.Link("Coverage", "#coverage")]
        for scope in scopes {
            let sections = sections(scope, csvFolder, links)
            if scopes.count > 1 {
                content += "<section id=\"\(anchor("scope", scope))\"><h2>\(HTML.escape(scope.title))</h2>"
                content += "<p class=\"lead\">\(HTML.escape(scope.sources.joined(separator: ", ")))</p></section>\n"
                navigation.append(.init(scope.title, "#\(anchor("scope", scope))"))
            }
            for part in sections {
                content += section(anchor(part.id, scope), part.title, lead: part.lead, part.body)
                if scopes.count == 1 { navigation.append(.init(part.title, "#\(part.id)")) }
            }
        }
        if let buildCache {
            let part = buildCacheSection(buildCache, csvFolder, links)
            content += section(part.id, part.title, lead: part.lead, part.body)
            navigation.append(.init(part.title, "#\(part.id)"))
        }
        content += section(
            "checks", "Checks", lead: "Identities that bind the figures; both sides in bytes or objects, as counted.",
            CheckList(checks, units: units).html)
        content += section("definitions", "Definitions", lead: "", definitions)
        navigation += [.init("Checks", "#checks"), .init("Definitions", "#definitions")]
        return Page(
            title: title, subtitle: TimeFormat.long(generatedAt) ?? "", badges: badges, navigation: navigation,
            content: content, footer: "\(generator) · \(TimeFormat.rfc3339(generatedAt) ?? "")")
    }

    private var coverageLead: String {
        coverage.isComplete
            ? "Every figure below rests on these sources, all of them seen to the end."
            : "The figures below are of what was seen. What is missing is said here; it is not counted as zero."
    }

    private var badges: [Page.Badge] {
        let incomplete = coverage.sources.filter { !$0.isComplete }.count
        let sources = PageText.counted(Int64(coverage.sources.count), "source")
        var badges: [Page.Badge] =
            incomplete == 0
            ? [.init("complete", sources, mood: "good")]
            : [.init("incomplete", "\(incomplete) of \(sources)", mood: "warn")]
        let broken = checks.filter { $0.outcome == .broken }.count
        let holding = checks.filter { $0.outcome == .holds }.count
        let explained = checks.count - broken - holding
        if broken > 0 { badges.append(.init("\(broken) broken", "of \(checks.count) checks", mood: "bad")) }
        if broken == 0, !checks.isEmpty {
            badges.append(.init("\(holding) of \(checks.count)", "checks hold", mood: "good"))
        }
        if explained > 0 { badges.append(.init("\(explained)", "differ, explained", mood: "warn")) }
        if coverage.unknownObjects > 0 {
            badges.append(.init(PageText.counted(coverage.unknownObjects, "object"), "of unknown size", mood: "warn"))
        }
        return badges
    }

    func anchor(_ id: String, _ scope: Scope) -> String { scopes.count > 1 ? "\(id)-\(scope.id)" : id }

    private func section(_ id: String, _ title: String, lead: String, _ body: String) -> String {
        var text = "<section id=\"\(HTML.escape(id))\" aria-labelledby=\"\(HTML.escape(id))-h\">"
        text += "<h2 id=\"\(HTML.escape(id))-h\">\(HTML.escape(title))</h2>\n"
        if !lead.isEmpty { text += "<p class=\"lead\">\(HTML.escape(lead))</p>\n" }
        return text + body + "</section>\n"
    }

    private var definitions: String {
        var text = "<dl class=\"words\">\n"
        for definition in Definition.all {
            text += "<dt>\(HTML.escape(definition.word))</dt><dd>\(HTML.escape(definition.meaning))</dd>\n"
        }
        return text + "</dl>\n"
    }
}
