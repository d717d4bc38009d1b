import Figures
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

/// Pages and API of builds, of their caches and of churn.
@Suite struct BuildPageTests {
    private func get(
        _ path: String, _ tables: MemoryTables = MemoryTables(sampleTables)
    ) async throws -> (status: HTTPResponse.Status, text: String) {
        try await sampleServer(tables: tables).test(.router) { client in
            let answer = try await client.execute(uri: path, method: .get)
            return (answer.status, String(buffer: answer.body))
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static let without = MemoryTables(
        sampleTables.map { table in
            var table = table
            table.rows = []
            return table
        })

    @Test func `the list has figures, a chart, projects, builds and what missed`() async throws {
        let (status, html) = try await get("/builds")
        #expect(status == .ok)
        for id in ["trend", "builds", "instructions", "causes"] {
            #expect(html.contains("<section id=\"\(id)\""), "\(id)")
        }
        #expect(html.contains("<dd class=\"figure\">25 %</dd>") && html.contains("1 of 4\u{a0}steps"))
        #expect(!html.contains("<section id=\"projects\""), "one project is not told apart")
        #expect(html.contains("<dt>Hit rate by time</dt><dd class=\"figure\">–</dd>"), "absent, not zero")
        #expect(html.contains("<dt>Saved by hits</dt><dd class=\"figure\">–</dd>"))
        #expect(html.contains("<a href=\"/builds/7\">") && html.contains("the files changed"))
    }

    @Test func `what is asked for reaches the tables, and no project is asked for as none`() async throws {
        var tables = MemoryTables(sampleTables)
        _ = try await get("/builds?project=%3Cnone%3E", tables)
        #expect(tables.requests.contains { $0.view == "builds" && $0.filters == ["project="] })
        #expect(tables.requests.contains { $0.view == "build_trend" && $0.filters == ["project=<none>"] })
        tables = MemoryTables(sampleTables)
        let html = try await get("/builds?project=a%3Db&result=failed&branch=&nonsense=1", tables).text
        let asked = try #require(tables.requests.first { $0.view == "builds" })
        #expect(asked.filters == ["project=a=b", "result=failed"])
        #expect(asked.sort == ["-started_at", "-build"])
        // Totals and trends are of projects: of fewer builds the chart is of those that are listed.
        #expect(!tables.requests.contains { ["build_totals", "build_trend"].contains($0.view) })
        #expect(html.contains("<title>build 7, 1970-01-01 00:00 UTC") && html.contains(", 12.5\u{a0}s, failed</title>"))
        #expect(html.contains("<option value=\"failed\" selected=\"selected\">"))
    }

    @Test func `a build has figures, a timeline, its first misses, steps and gaps`() async throws {
        let (status, html) = try await get("/builds/7")
        #expect(status == .ok)
        for id in ["timeline", "misses", "steps", "gaps"] { #expect(html.contains("<section id=\"\(id)\""), "\(id)") }
        #expect(html.contains("x=\"8%\" width=\"16%\""), "two seconds after the first of twelve and a half")
        #expect(html.contains("<b>First miss:</b> the files changed"))
        #expect(html.contains("<a href=\"/image?digest=sha256%3A"), "the image is held")
        #expect(html.contains("line 7: &lt;script&gt;"))
        let empty = MemoryTables(sampleTables.map { $0.name == "items" ? Table(name: "items", columns: []) : $0 })
        #expect(try await get("/builds/7", empty).text.contains("held by no source that was collected"))
    }

    @Test func `a build is found by its number or its reference`() async throws {
        for (path, filter) in [
            ("7", "build=7"), ("node%2Fx%2Fabc", "reference=node/x/abc"), ("99999999999", "reference=99999999999"),
        ] {
            let tables = MemoryTables(sampleTables)
            let status = try await get("/builds/\(path)", tables).status
            #expect(status == .ok)
            #expect(tables.requests.first?.filters == [filter])
            #expect(tables.requests.contains { $0.view == "steps" && $0.filters == ["build=7"] })
        }
    }

    @Test func `without builds there is a hint, without this one status 404`() async throws {
        let list = try await get("/builds", Self.without)
        #expect(list.status == .ok && list.text.contains("layerscope collect build-log FILE"))
        #expect(try await get("/builds/7", Self.without).status == .notFound)
        #expect(try await get("/api/v1/builds/7", Self.without).status == .notFound)
        #expect(try await get("/api/v1/builds/7/steps", Self.without).status == .notFound)
        #expect(try await get("/cache", Self.without).text.contains("No cache of a builder was collected"))
        #expect(try await get("/churn", Self.without).text.contains("No layer came again"))
    }

    @Test func `a builder without a cache is told apart from one that missed nothing`() async throws {
        func changed(_ values: [String: Value]) -> MemoryTables {
            MemoryTables(
                sampleTables.map { table in
                    var table = table
                    for (name, value) in values {
                        if let place = table.position(of: name), ["builds", "steps"].contains(table.name) {
                            table.rows[0][place] = value
                        }
                    }
                    return table
                })
        }
        let none: [String: Value] = ["cause": .null, "hits": .integer(0), "misses": .integer(0), "hit_rate": .null]
        let without = try await get("/builds/7", changed(none.merging(["uses_cache": .flag(false)]) { $1 })).text
        #expect(without.contains("looked up no cache, so nothing could hit or miss"))
        #expect(without.contains("<dt>Hit rate</dt><dd class=\"figure\">–</dd>"))
        #expect(try await get("/builds/7", changed(none)).text.contains("No instruction missed."))
        let unclear = try await get("/builds/7", changed(["cause": .null])).text
        #expect(unclear.contains("It is not known where the cache broke first."))
    }

    @Test func `caches and churn have their pages`() async throws {
        let cache = try await get("/cache").text
        #expect(cache.contains("1.2\u{a0}MB") && cache.contains("unknown"), "a record of unknown size is not 0")
        let churn = try await get("/churn").text
        #expect(churn.contains("1.5\u{a0}MB, 2\u{a0}layers, 1 of unknown size"))
    }

    @Test func `the API has builds, their steps and the computed tables`() async throws {
        let build = try object(try await get("/api/v1/builds/7").text)
        #expect((build["rows"] as? [[String: Any]])?.first?["project"] as? String == hostile)
        let steps = try object(try await get("/api/v1/builds/7/steps").text)
        #expect((steps["rows"] as? [[String: Any]])?.first?["outcome"] as? String == "miss")
        #expect(try object(try await get("/api/v1/builds?limit=1").text)["rows"] != nil)
        for table in CacheTable.allCases {
            let answer = try await get("/api/v1/\(table.rawValue)")
            let rows = try object(answer.text)["rows"] as? [Any]
            #expect(answer.status == .ok && rows?.count == 1, "\(table)")
            let csv = try await get("/api/v1/\(table.rawValue).csv")
            #expect(csv.status == .ok && csv.text.split(whereSeparator: \.isNewline).count == 2, "\(table)")
            let project = try await get("/api/v1/\(table.rawValue)?project=a").status
            #expect(project == (table.isOfProject ? .ok : .badRequest), "\(table)")
            #expect(try await get("/api/v1/\(table.rawValue)?limit=3").status == .badRequest)
        }
        let totals = try object(try await get("/api/v1/build_totals").text)
        let row = try #require((totals["rows"] as? [[String: Any]])?.first)
        #expect(row["time_hit_rate"] is NSNull && row["hit_rate"] as? Double == 0.25)
    }
}
