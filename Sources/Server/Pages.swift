import Figures
import Foundation
import HTTPTypes
package import Hummingbird
import Reporting

/// The pages: the report as overview, and a page for each repository, image and layer, with a search over all.
package struct Pages: Sendable {
    /// The most rows that a page carries; the CSV file has all.
    static let rowLimit = 2_000

    let source: any TableSource
    private let reports: ReportCache
    private let renderer: PageRenderer

    /// Throws when the frame of the pages cannot be read.
    package init(source: any TableSource, reports: ReportCache) throws {
        self.source = source
        self.reports = reports
        renderer = try PageRenderer()
    }

    /// Adds the pages' routes.
    package func addRoutes(to router: some RouterMethods<some RequestContext>) {
        router.get("/") { _, _ in try await overview() }
        router.get("/assets/report.css") { _, _ in asset(PageAssets.styleSheet, "text/css; charset=utf-8") }
        router.get("/assets/report.js") { _, _ in asset(PageAssets.script, "text/javascript; charset=utf-8") }
        router.get("/report/csv/**") { _, context in
            try await reportFile("csv/" + context.parameters.getCatchAll().joined(separator: "/"))
        }
        router.get("/sources") { _, _ in try await sources() }
        router.get("/repository") { request, _ in try await repository(request.words("of")) }
        router.get("/image") { request, _ in try await image(request.words("digest")) }
        router.get("/layer") { request, _ in try await layer(request.words("digest")) }
        router.get("/builds") { request, _ in try await builds(request) }
        router.get("/builds/:build") { _, context in try await build(try context.parameters.build()) }
        router.get("/cache") { _, _ in try await cache() }
        router.get("/churn") { _, _ in try await churn() }
        router.get("/search") { request, _ in try await search(request.words("q")) }
    }

    private func overview() async throws -> Response {
        var page = try await reports.report().page(csvFolder: "/report/csv", links: Self.links)
        page.search = ("/search", "")
        page.crumbs = [
            .init("Sources", "/sources"), .init("Builds", "/builds"), .init("Build caches", "/cache"),
            .init("Churn", "/churn"), .init("Tables", "/api/v1"),
        ]
        return .html(renderer.render(page, as: Self.delivery))
    }

    private func reportFile(_ path: String) async throws -> Response {
        guard let file = try await reports.files().first(where: { $0.path == path }) else {
            return notFound("There is no file \(path) in the report.")
        }
        let name = path.split(separator: "/").dropFirst().joined(separator: "-").dropLast(4)
        return .csv(file.content, name: String(name.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }))
    }

    private func asset(_ text: String, _ type: String) -> Response {
        // Assets change only with the program: a reload asks again, a page view does not.
        let headers: HTTPFields = [.contentType: type, .cacheControl: "private, max-age=300"]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    static let links = StorageReport.Links(
        repository: "/repository?of={}", image: "/image?digest={}", layer: "/layer?digest={}", build: "/builds/{}",
        project: "/builds?project={}")

    static let delivery = PageRenderer.Delivery.server(styleSheet: "/assets/report.css", script: "/assets/report.js")

    /// A page in the frame that all pages but the overview share.
    func page(
        _ title: String, subtitle: String = "", crumbs: [Page.Link] = [], query: String = "", _ content: String,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let page = Page(
            title: title, subtitle: subtitle, crumbs: [.init("Overview", "/"), .init("Sources", "/sources")] + crumbs,
            search: ("/search", query), content: content, footer: "Layerscope")
        return .html(renderer.render(page, as: Self.delivery), status: status)
    }

    func notFound(_ text: String) -> Response {
        page("Not found", "<p>\(HTML.escape(text))</p>", status: .notFound)
    }

    static func section(_ id: String, _ title: String, lead: String = "", _ body: String) -> String {
        var text = "<section id=\"\(id)\" aria-labelledby=\"\(id)-h\"><h2 id=\"\(id)-h\">\(HTML.escape(title))</h2>\n"
        if !lead.isEmpty { text += "<p class=\"lead\">\(HTML.escape(lead))</p>\n" }
        return text + body + "</section>\n"
    }
}

extension Request {
    /// A parameter of the query, decoded; empty when it is not there.
    func words(_ name: String) -> String { uri.queryParameters.get(name) ?? "" }
}
