import Figures
import Hummingbird
import Reporting

extension Pages {
    /// One build, by its number or BuildKit's reference: its figures, its timeline, where the cache broke and why.
    func build(_ name: String) async throws -> Response {
        let found = try await source.table(.build(name))
        guard let number = found.rows.isEmpty ? nil : found.value(0, "build").integer else {
            return notFound("There is no build \(name).")
        }
        let steps = try await source.table(.steps(of: number))
        var content = KeyFigureTiles(PageTables.figures(ofBuild: found)).html
        content += try await facts(found)
        let timeline = Timeline(id: "timeline-chart", steps: steps, duration: found.value(0, "duration_seconds").real)
        content += Self.section(
            "timeline", "Timeline", steps.rows.isEmpty ? "<p>No step was read of this build.</p>\n" : timeline.html)
        content += Self.section("misses", "First misses", Self.firstMisses(steps, found))
        if !steps.rows.isEmpty {
            content += Self.section(
                "steps", "Steps",
                PageTables.steps(
                    steps, download: "/api/v1/steps.csv?filter=build%3D\(number)&sort=number"
                ).html)
        }
        if case .list(let gaps) = found.value(0, "gaps"), !gaps.isEmpty {
            let items = gaps.prefix(Self.gapLimit).map { "<li>\(HTML.escape($0))</li>" }.joined()
            let more =
                gaps.count > Self.gapLimit
                ? "<p class=\"note\">\(CountFormat.grouped(Int64(gaps.count - Self.gapLimit))) more.</p>" : ""
            content += Self.section("gaps", "What could not be read", "<ul class=\"missing\">\(items)</ul>\n\(more)")
        }
        let project = found.value(0, "project").text
        let crumbs =
            project.map { [Page.Link($0, "/builds?project=\(HTML.queryEscape($0))")] } ?? []
        return page(
            "Build \(number)",
            subtitle: [project, found.value(0, "target").text].compactMap(\.self).joined(separator: " · "),
            crumbs: [.init("Builds", "/builds")] + crumbs, content)
    }

    private static let gapLimit = 200

    private static func firstMisses(_ steps: Table, _ build: Table) -> String {
        var table = steps
        table.rows = steps.rows.indices.filter { steps.value($0, "cause") != .null }.map { steps.rows[$0] }
        guard table.rows.isEmpty else { return PageTables.firstMisses(table).html }
        if build.value(0, "uses_cache") == .flag(false) {
            return "<p>This builder looked up no cache, so nothing could hit or miss.</p>\n"
        }
        return (build.value(0, "misses").integer ?? 0) > 0
            ? "<p>It is not known where the cache broke first.</p>\n" : "<p>No instruction missed.</p>\n"
    }

    /// What is known of the build apart from figures; what is not known is left out.
    private func facts(_ build: Table) async throws -> String {
        var rows: [(String, String)] = []
        for (column, name) in [
            ("dockerfile", "Dockerfile"), ("branch", "Branch"), ("commit", "Commit"), ("builder", "Builder"),
            ("tool", "Built with"), ("form", "Read from"), ("reference", "Reference"),
        ] {
            if let text = build.value(0, column).text, !text.isEmpty { rows.append((name, HTML.escape(text))) }
        }
        if case .time(let time) = build.value(0, "started_at"), let text = TimeFormat.long(time) {
            rows.append(("Started", HTML.escape(text)))
        }
        if case .list(let names) = build.value(0, "image_names"), !names.isEmpty {
            rows.append(("Names", names.map(HTML.escape).joined(separator: ", ")))
        }
        if let digest = build.value(0, "image_digest").text { rows.append(("Image", try await image(of: digest))) }
        if let error = build.value(0, "error").text { rows.append(("Error", HTML.escape(error))) }
        guard !rows.isEmpty else { return "" }
        return "<dl class=\"facts\">\n" + rows.map { "<dt>\($0)</dt><dd>\($1)</dd>\n" }.joined() + "</dl>\n"
    }

    /// The image that was made, with a link to it and its repositories where a source holds it.
    private func image(of digest: String) async throws -> String {
        let shown = "<span class=\"m\">\(HTML.escape(DigestFormat.short(digest)))</span>"
        var images = try await source.table(TableRequest("items", filters: ["digest=\(digest)"], limit: 1))
        if images.rows.isEmpty {
            images = try await source.table(TableRequest("items", filters: ["image_id=\(digest)"], limit: 1))
        }
        guard let held = images.rows.isEmpty ? nil : images.value(0, "digest").text else {
            return shown + " <span class=\"u\">(held by no source that was collected)</span>"
        }
        var text = "<a href=\"/image?digest=\(HTML.queryEscape(held))\">\(shown)</a>"
        let places = try await source.table(TableRequest("images", filters: ["digest=\(held)"], limit: 20))
        for row in places.rows.indices {
            guard let repository = places.value(row, "repository").text, let name = places.value(row, "source").text
            else {
                continue
            }
            let address = HTML.queryEscape("\(name) \(repository)")
            text += ", <a href=\"/repository?of=\(address)\">\(HTML.escape(repository))</a> of \(HTML.escape(name))"
        }
        return text
    }
}

extension Value {
    /// A number, whole or not.
    var real: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }
}
