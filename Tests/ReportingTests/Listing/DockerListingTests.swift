import Figures
import Foundation
import Reporting
import TestSupport
import Testing

/// What docker's own tests expect of its listings, printed by ours from the same values.
@Suite(.enabled(if: SharedData.at("fixtures/docker-cli") != nil, "needs the listings of docker/cli"))
struct DockerListingTests {
    private func expected(_ name: String) throws -> String {
        let file = try #require(SharedData.at("fixtures/docker-cli/cli/command/\(name).golden"))
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private func table(_ columns: [String], _ rows: [[String]]) -> Table {
        Table(name: "t", columns: columns.map { .init($0, .text) }, rows: rows.map { $0.map { .text($0) } })
    }

    static let usage = ["Images", "Containers", "Local Volumes", "Build Cache"].map { [$0, "0", "0", "0B", "0B"] }

    @Test func `disk usage by a table template`() throws {
        let listing = Listing(table(["type", "total", "active", "size", "reclaimable"], Self.usage))
        let format = try ListingFormat(#"table {{.Type}}\t{{.Active}}"#)
        #expect(try listing.text(format) == expected("formatter/testdata/disk-usage-context-write-custom"))
    }

    @Test func `disk usage by a template of several lines`() throws {
        var table = table(["type", "total", "active", "reclaimable"], Self.usage.map { [$0[0], $0[1], $0[2], $0[4]] })
        table.columns.append(.init("stored_bytes", .bytes))
        for row in table.rows.indices { table.rows[row].append(.integer(0)) }
        let format = try ListingFormat(
            #"type: {{.Type}}\ntotal: {{.Total}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n"#
        )
        #expect(try Listing(table).text(format) == expected("formatter/testdata/disk-usage-raw-format"))
    }

    @Test func `headings stay whole under functions`() throws {
        let containers = table(
            ["id", "image", "running_for", "status", "ports", "names"],
            ["foobar_baz", "foobar_bar"].map { ["containerID1", "ubuntu", "24 hours ago", "", "", $0] })
        let listing = Listing(containers, headings: ["ID": "CONTAINER ID", "RunningFor": "CREATED"])
        let format = try ListingFormat(
            #"table {{truncate .ID 5}}\t{{json .Image}} {{.RunningFor}}/{{title .Status}}/{{pad .Ports 2 2}}"#
                + #".{{upper .Names}} {{lower .Status}}"#)
        #expect(
            try listing.text(format) == expected("formatter/testdata/container-context-write-special-headers"))
    }

    @Test(arguments: [("simple", "none"), ("platform", "")])
    func `history by a table template`(name: String, comment: String) throws {
        let now = Date(timeIntervalSince1970: 1_000_000)
        let history = Table(
            name: "history",
            columns: [
                .init("id", .text), .init("created_at", .time), .init("created_by", .text), .init("bytes", .bytes),
                .init("comment", .text),
            ], rows: [[.text("123456789012"), .time(now), .text(""), .integer(0), .text(comment)]])
        let listing = Listing(history, headings: ["ID": "IMAGE"])
        let format = try ListingFormat(
            #"table {{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}"#)
        #expect(
            try listing.text(format, options: .init(now: now))
                == expected("image/testdata/history-command-success.\(name)"))
    }

    @Test func `quiet prints identifiers as they are when whole ones are wanted`() throws {
        let listing = Listing(table(["id"], [["1234567890123456789"]]))
        #expect(
            try listing.text(.quiet, options: .init(noTrunc: true))
                == expected("image/testdata/history-command-success.quiet-no-trunc"))
    }
}
