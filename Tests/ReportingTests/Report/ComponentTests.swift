import Figures
import Foundation
import Reporting
import Testing

@Suite struct ComponentTests {
    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1049, "1.0 kB"), (1050, "1.1 kB"), (999_949, "999.9 kB"),
            (999_950, "1.0 MB"), (104_304_000_000, "104.3 GB"), (-1500, "-1.5 kB"), (Int64.max, "9.2 EB"),
        ])
    func `pages print sizes with one decimal`(bytes: Int64, expected: String) {
        #expect(PageText.bytes(bytes) == expected.replacing(" ", with: "\u{a0}"))
    }

    @Test(
        arguments: [
            ("/bin/sh -c #(nop) ADD file:\(String(repeating: "a", count: 64)) in / ", "ADD file:aaaaaaaaaaaa… in /"),
            ("/bin/sh -c apt-get  update\n&& true", "RUN apt-get update && true"),
            ("RUN /bin/sh -c echo hi # buildkit", "RUN echo hi"), ("COPY a b # buildkit", "COPY a b"),
            ("|1 A=b /bin/sh -c make", "RUN make"), ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN make"), ("", ""),
            ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD [\"sh\"]"),
        ])
    func `instructions are shown as the user wrote them`(createdBy: String, expected: String) {
        #expect(InstructionText.plain(createdBy) == expected)
    }

    @Test func `a table shows its first rows sorted, unknown ones last`() {
        let table = Table(
            name: "t", columns: [.init("name", .text), .init("bytes", .bytes)],
            rows: [[.text("a"), .integer(1)], [.text("b"), .null], [.text("c"), .integer(3)]])
        let html = TableView(id: "t", caption: "T", table: table, sortedBy: "bytes", firstRows: 2).html
        let names = html.matches(of: #/<th scope="row" class="t">(.)<\/th>/#).map { String($0.1) }
        #expect(names == ["c", "a"])
        #expect(html.contains("\"v\":[3,1,null]"))
        #expect(html.contains("The first 2 of 3 rows"))
    }

    @Test func `links keep whole values and escape them`() {
        let table = Table(
            name: "t", columns: [.init("digest", .digest), .init("repository", .text)],
            rows: [[.text("sha256:" + String(repeating: "f", count: 64)), .text("a b/c?\"d")]])
        let html = TableView(
            id: "t", caption: "T", table: table,
            columns: [.init("digest", "Image", link: "/image?digest={}"), .init("repository", "R", link: "/r?name={}")]
        ).html
        #expect(html.contains("href=\"/image?digest=sha256%3A\(String(repeating: "f", count: 64))\">ffffffffffff</a>"))
        #expect(html.contains("href=\"/r?name=a%20b%2Fc%3F%22d\""))
    }

    @Test func `a band shows every bucket in its table`() {
        let html = ReferenceBand(
            id: "b",
            buckets: [
                .init(from: 0, through: 0, objects: 3, bytes: 10), .init(from: 1, through: 1, objects: 2, bytes: 990),
                .init(from: 21, through: nil, objects: 0, bytes: 0),
            ]
        ).html
        #expect(html.contains("no image") && html.contains("21 and more images"))
        #expect(html.contains("width=\"99%\""))
        #expect(html.contains(">1,0") == true || html.contains("1.0\u{a0}kB"))
    }

    @Test func `boxes of the tree cover all bytes`() {
        let tree = ExampleReport(ExampleImages.make(300)).tree
        let widths = tree.tree.nodes.filter { $0.parent == nil }.reduce(Int64(0)) { $0 + $1.totalBytes }
        #expect(widths == tree.tree.widthBytes)
        let html = Icicle(id: "i", tree: tree).html
        let top = html.matches(of: #/x="([0-9.]+)%" y="0" width="([0-9.]+)%"/#)
        let covered = top.reduce(0.0) { $0 + (Double($1.2) ?? 0) }
        #expect(abs(covered - 100) < 0.1)
    }

    @Test func `bars name their parts`() {
        let html = BarChart(
            title: "x",
            bars: [.init(name: "<a>", link: "/a?b=\"", parts: [("exclusive", 10, "f1"), ("shared", 30, "f4")])]
        ).html
        #expect(html.contains("aria-label=\"exclusive 10\u{a0}B, shared 30\u{a0}B\""))
        #expect(html.contains("<a href=\"/a?b=&quot;\">&lt;a&gt;</a>"))
        #expect(html.contains("x=\"25%\" width=\"75%\""))
    }

    @Test func `many checks that hold are counted`() {
        let checks = (0..<100).map {
            Check(name: "ratio", scope: "r\($0)", left: 1, right: 1, outcome: .holds)
        }
        let html = CheckList(checks).html
        #expect(html.contains("holds each of 100\u{a0}times"))
        #expect(html.matches(of: #/<li>/#).count == 1)
    }

    @Test func `a page of the server links its assets and carries its search`() throws {
        let page = Page(
            title: "<x>", crumbs: [.init("Overview", "/")], search: ("/search", "\"q\""), content: "<p>body</p>")
        let html = try PageRenderer().render(
            page, as: .server(styleSheet: "/assets/report.css", script: "/assets/report.js"))
        #expect(html.contains("<h1>&lt;x&gt;</h1>") && html.contains("<p>body</p>"))
        #expect(html.contains("<link rel=\"stylesheet\" href=\"/assets/report.css\" />"))
        #expect(html.contains("<script src=\"/assets/report.js\" defer=\"defer\"></script>"))
        #expect(html.contains("value=\"&quot;q&quot;\""))
        #expect(!html.contains("Content-Security-Policy"))
    }
}
