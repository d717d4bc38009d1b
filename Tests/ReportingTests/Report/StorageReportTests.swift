import Figures
import Foundation
import Reporting
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct StorageReportTests {
    static let small = ExampleReport(ExampleImages.make(5)).report
    static let hostile = ExampleReport(ExampleImages.make(40) + HostileImages.make()).report

    /// Notes what is not well-formed, which ids there are, and which are referred to.
    private final class Reader: NSObject, XMLParserDelegate {
        var ids: [String] = []
        var referred: [String] = []
        var elements: [String: Int] = [:]
        var attributes: Set<String> = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes found: [String: String]
        ) {
            elements[name, default: 0] += 1
            attributes.formUnion(found.keys)
            if let id = found["id"] { ids.append(id) }
            for key in ["aria-labelledby", "aria-controls"] {
                referred += (found[key] ?? "").split(separator: " ").map(String.init)
            }
            if let target = found["href"], target.hasPrefix("#") { referred.append(String(target.dropFirst())) }
        }
    }

    private func read(_ html: String) throws -> Reader {
        // Scripts and styles are not XML; all else of the page is.
        let plain = html.replacing(#/<(script|style)([^>]*)>[\s\S]*?<\/(script|style)>/#) {
            "<\($0.1)\($0.2)></\($0.1)>"
        }
        let parser = XMLParser(data: Data(plain.utf8))
        let reader = Reader()
        parser.delegate = reader
        let isWellFormed = parser.parse()
        #expect(isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        return reader
    }

    @Test(arguments: [0, 1, 5, 300])
    func `the page is well-formed and its ids are found`(count: Int) throws {
        let reader = try read(try ExampleReport(ExampleImages.make(count)).report.html(csvFolder: "csv"))
        #expect(Set(reader.ids).count == reader.ids.count, "an id stands twice")
        #expect(Set(reader.referred).isSubset(of: Set(reader.ids).union(["content"])))
        #expect(reader.elements["section"] ?? 0 >= 9)
    }

    @Test func `outside text adds no element, attribute or address`() throws {
        let html = try Self.hostile.html()
        let reader = try read(html)
        let harmless = try read(try Self.small.html())
        #expect(reader.attributes.subtracting(harmless.attributes).isSubset(of: ["tabindex"]))
        #expect(reader.elements["img"] == nil)
        #expect(reader.elements["script"] == html.matches(of: #/<script/#).count)
        #expect(html.matches(of: #/<script(?! type="application\/json")/#).count == 1)
        #expect(!html.contains("onerror=window.injected=1>\""))
        #expect(!html.contains("\0") && !html.contains("\u{202e}"))
    }

    @Test func `the page carries the hashes of its script and style and asks for nothing`() throws {
        let html = try Self.small.html()
        #expect(
            html.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;;")
                || html.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"))
        #expect(!html.contains("unsafe-inline"))
        #expect(html.matches(of: #/(src|href)="(?!#|csv\/|data:,")/#).isEmpty)
        #expect(!PageAssets.styleSheet.contains("@import") && !PageAssets.styleSheet.contains("http"))
        let addresses = PageAssets.script.matches(of: #/https?:\/\/[^"]*/#).map { String($0.output) }
        #expect(addresses == ["http://www.w3.org/2000/svg"])
    }

    @Test func `every chart has a text beside it`() throws {
        let html = try Self.small.html()
        for drawing in html.matches(of: #/<svg [^>]*role="img"[^>]*>/#) {
            #expect(drawing.output.contains("aria-label"))
        }
        #expect(html.matches(of: #/<caption>/#).count == html.matches(of: #/<table[ >]/#).count)
    }

    @Test func `two scopes are told apart everywhere`() throws {
        var report = Self.small
        var second = try #require(report.scopes.first)
        second.id = "unpacked"
        second.title = "Engines, bytes unpacked on disk"
        report.scopes.append(second)
        let reader = try read(try report.html(csvFolder: "csv"))
        #expect(Set(reader.ids).count == reader.ids.count)
        let paths = try report.files().map(\.path)
        #expect(paths.contains("csv/stored/usage_by_repository.csv"))
        #expect(paths.contains("csv/unpacked/usage_by_repository.csv"))
        #expect(Set(paths).count == paths.count)
    }

    @Test func `files are html, json, markdown and a csv for each table`() throws {
        let files = try Self.small.files()
        let paths = files.map(\.path)
        #expect(paths.prefix(3) == ["report.html", "report.json", "report.md"])
        for name in [
            "coverage", "checks", "key_figures", "images", "layers", "reference_counts", "sharing", "layer_tree",
        ] {
            #expect(paths.contains("csv/\(name).csv"))
        }
        let json = try #require(files.first { $0.path == "report.json" })
        let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.content.utf8)) as? [String: Any])
        let scope = try #require((parsed["scopes"] as? [[String: Any]])?.first)
        let images = try #require((scope["images"] as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(images.count == 5)
        #expect(images[0]["apparent_bytes"] is Int)
        #expect(images[0]["containers"] is NSNull)
        #expect((scope["key_figures"] as? [String: Any])?["stored_bytes"] is Int)
    }

    @Test func `hostile names stay harmless in Markdown and CSV`() throws {
        let files = try Self.hostile.files()
        let markdown = try #require(files.first { $0.path == "report.md" }).content
        #expect(!markdown.contains("<script>") && !markdown.contains("\u{202e}"))
        let csv = try #require(files.first { $0.path == "csv/images.csv" }).content
        #expect(csv.contains("\"'=HYPERLINK(\"\"http://evil.invalid\"\")\""))
    }

    @Test func `what is missing is said with its hint`() throws {
        let html = try Self.small.html()
        #expect(html.contains("manifests: incomplete, 5 of 8 seen."))
        #expect(html.contains("Collect again in an hour"))
        #expect(html.contains("<b class=\"warn\">incomplete</b>"))
        #expect(Self.small.markdown.contains("**incomplete**"))
    }

    @Test func `a broken check comes first and is loud`() throws {
        var report = Self.small
        report.checks.append(
            .init(name: "sum of parts", scope: "x", left: 5, right: 7, outcome: .broken, note: "two bytes are gone"))
        let html = try report.html()
        #expect(html.contains("<b class=\"bad\">1 broken</b>"))
        #expect(html.contains("5 against 7, apart by -2"))
        #expect(report.markdown.contains("**broken**: sum of parts"))
    }

    @Test func `unknown is never zero`() throws {
        var report = Self.small
        report.scopes[0].keyFigures = [.init("waste_bytes", "Waste", .null, .bytes)]
        report.scopes[0].duplicates = nil
        let html = try report.html()
        #expect(html.contains("<dd class=\"figure\">unknown</dd>"))
        #expect(html.contains("Not known: no source here tells"))
        #expect(report.json.contains("\"waste_bytes\":null"))
        #expect(report.json.contains("\"duplicates\":null"))
    }
}
