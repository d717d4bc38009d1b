import Figures
import Foundation
import Reporting
import Testing

@Suite struct ListingTests {
    static let now = Date(timeIntervalSince1970: 1_517_214_480)
    static let options = ListingOptions(now: now)
    static let alpine = "sha256:3fd9065eaf02feaf94d68376da52541925650b81698c53c6824d92ff63f98353"

    static let images = Table(
        name: "images",
        columns: [
            .init("repository", .text), .init("tags", .list), .init("image_id", .digest), .init("created_at", .time),
            .init("apparent_bytes", .bytes), .init("containers", .count), .init("labels", .object),
        ],
        rows: [
            [
                .text("alpine"), .list(["3.7", "latest"]), .text(alpine),
                .time(now.addingTimeInterval(-86400 * 21)), .integer(4_148_087), .integer(2),
                .object(["maintainer": "me", "com.example.k": "v"]),
            ],
            [
                .text("evil\u{1b}[2J\u{202e}"), .list([]), .null, .null, .null, .null, .object([:]),
            ],
        ], totals: ["apparent_bytes": .integer(4_148_087)])

    func text(_ format: String, _ options: ListingOptions = options) throws -> String {
        try Listing(
            Self.images, shown: ["repository", "tags", "image_id", "created_at", "apparent_bytes"],
            headings: ["apparent_bytes": "SIZE"]
        ).text(try ListingFormat(format), options: options)
    }

    @Test func `a table looks like Docker's`() throws {
        #expect(
            try text("table") == """
                REPOSITORY          TAGS         IMAGE ID       CREATED          SIZE
                alpine              3.7,latest   3fd9065eaf02   3 weeks ago   4.148MB
                evil\\x1b[2J\\u202e   <none>       <none>         N/A               N/A
                TOTAL                                                         4.148MB

                """)
    }

    @Test func `whole digests and binary units on demand`() throws {
        let whole = try text("table", ListingOptions(units: .iec, noTrunc: true, now: Self.now))
        #expect(whole.contains(Self.alpine))
        #expect(whole.contains("3.956MiB"))
    }

    @Test func `an empty table has its headings`() throws {
        let empty = Table(name: "images", columns: [.init("repository", .text), .init("bytes", .bytes)])
        #expect(try Listing(empty).text(.table) == "REPOSITORY   SIZE\n")
        #expect(try Listing(empty).text(.csv) == "repository,bytes\r\n")
        #expect(try Listing(empty).text(.quiet) == "")
    }

    @Test func `JSON is one document with raw values in column order`() throws {
        let check = Check(name: "sum", scope: "", left: 1, right: 1, outcome: .holds)
        let coverage = Coverage(sources: [
            .init(
                name: "s", kind: "registry", collectedAt: Self.now,
                aspects: [.init(name: "tags", outcome: "incomplete", seen: 3, expected: 4, hint: "log in")])
        ])
        let text = try Listing(Self.images, checks: [check], coverage: coverage).text(.json)
        #expect(text.contains(#"{"repository":"alpine","tags":["3.7","latest"],"image_id":"\#(Self.alpine)""#))
        let parsed = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let rows = try #require(parsed["rows"] as? [[String: Any]])
        #expect(rows.count == 2)
        #expect(rows[0]["apparent_bytes"] as? Int == 4_148_087)
        #expect(rows[1]["apparent_bytes"] is NSNull)
        #expect((parsed["totals"] as? [String: Any])?["apparent_bytes"] as? Int == 4_148_087)
        #expect((parsed["checks"] as? [[String: Any]])?.first?["outcome"] as? String == "holds")
        let covered = try #require(parsed["coverage"] as? [String: Any])
        #expect(covered["complete"] as? Bool == false)
        #expect(covered["unknown_objects"] as? Int == 0)
    }

    @Test func `JSON lines are one object each`() throws {
        let lines = try text("jsonl").split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
    }

    @Test func `quiet prints the identifier`() throws {
        let listing = Listing(Self.images)
        #expect(try listing.text(.quiet, options: Self.options) == "3fd9065eaf02\n<none>\n")
        #expect(
            try Listing(Self.images, identifier: "repository").text(.quiet, options: Self.options).hasPrefix("alpine\n")
        )
    }

    @Test(
        arguments: [
            (#"{{.Repository}}\t{{.Size}}"#, "alpine\t4.148MB"), ("{{.ID}}", "3fd9065eaf02"), ("{{.Tag}}", "3.7"),
            ("{{.ApparentBytes}}", "4148087"), ("{{.apparent_bytes}}", "4148087"),
            ("{{bytes .ApparentBytes}}", "4.148MB"), ("{{.CreatedSince}}", "3 weeks ago"),
            ("{{.CreatedAt}}", "2018-01-08 08:28:00 +0000 UTC"), (#"{{join .Tags ","}}"#, "3.7,latest"),
            (#"{{index .Labels "maintainer"}}"#, "me"), (#"{{index .Labels "none"}}"#, ""),
            ("{{json .Labels}}", #"{"com.example.k":"v","maintainer":"me"}"#), ("{{.Containers}}", "2"),
            ("{{range .Tags}}<{{.}}>{{end}}", "<3.7><latest>"),
            ("{{upper .Repository}}:{{len .Tags}}", "ALPINE:2"),
        ])
    func `templates know columns and Docker's names`(template: String, expected: String) throws {
        #expect(
            try text(template).split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init)
                == expected)
    }

    @Test func `unknown values are N/A or nothing in templates, never zero`() throws {
        let lines = try text("{{.Size}}|{{.ApparentBytes}}|{{.Containers}}|{{.Tag}}").split(separator: "\n")
        #expect(lines[1] == "N/A||N/A|<none>")
    }

    @Test func `a table template has headings and aligned columns`() throws {
        #expect(
            try text(#"table {{.Repository}}\t{{upper .Tag}}\t{{.ID}}\t{{.Size}}"#) == """
                REPOSITORY          TAG       IMAGE ID       SIZE
                alpine              3.7       3fd9065eaf02   4.148MB
                evil\\x1b[2J\\u202e   <NONE>    <none>         N/A

                """)
    }

    @Test func `a field that rows do not have is named`() throws {
        let error = #expect(throws: GoTemplateError.self) { try text("{{.Size}} {{.Colour}}") }
        #expect(error?.message.hasPrefix("no field .Colour: there are repository, tags") == true)
        #expect(error?.column == 13)
    }

    @Test(arguments: ["yaml", "tabel", "raw"])
    func `a word that is no format is refused`(word: String) {
        #expect(throws: ListingFormatError.self) { try ListingFormat(word) }
    }
}
