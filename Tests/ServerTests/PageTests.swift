import Figures
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

@Suite struct PageTests {
    private static let paths = [
        "/", "/sources", "/repository?of=hub%20app", "/image?digest=\(someDigest)", "/layer?digest=\(someDigest)",
        "/builds", "/builds?project=%3Cscript%3Ealert(1)%3C/script%3E", "/builds?result=failed", "/builds/7",
        "/builds/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/cache", "/churn",
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/search?q=", "/image?digest=%3Cscript%3E", "/repository?of=x",
    ]

    @Test(arguments: paths) func `outside text is never markup`(_ path: String) async throws {
        try await sampleServer().test(.router) { client in
            let answer = try await client.execute(uri: path, method: .get)
            let html = String(buffer: answer.body)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(!html.contains("<script>alert"))
            #expect(html.contains("/assets/report.js"))
        }
    }

    @Test(arguments: paths) func `no page carries inline style or script that the policy would block`(
        _ path: String
    ) async throws {
        try await sampleServer().test(.router) { client in
            let html = String(buffer: try await client.execute(uri: path, method: .get).body)
            #expect(!html.contains(" style=\"") && !html.contains("<style") && !html.contains(" onclick="))
            let scripts = html.matches(of: /<script[^>]*>/).map { String($0.output) }
            #expect(scripts.allSatisfy { $0.contains("src=\"/assets/") || $0.contains("type=\"application/json\"") })
        }
    }

    @Test func `what is not there is said with status 404`() async throws {
        let empty = MemoryTables(
            sampleTables.map { table in
                var table = table
                table.rows = []
                return table
            })
        try await sampleServer(tables: empty).test(.router) { client in
            for path in [
                "/image?digest=\(someDigest)", "/layer?digest=\(someDigest)", "/repository?of=hub%20app",
                "/image?digest=x",
            ] {
                let status = try await client.execute(uri: path, method: .get).status
                #expect(status == .notFound, "\(path)")
            }
        }
    }

    @Test func `a glob in the search words is looked for as it is`() async throws {
        let tables = MemoryTables(sampleTables)
        try await sampleServer(tables: tables).test(.router) { client in
            _ = try await client.execute(uri: "/search?q=a*b", method: .get)
        }
        #expect(tables.requests.first?.filters == ["repository~*a?b*"])
    }

    @Test func `an image that only an index's tag leads to has that tag`() async throws {
        let tables = sampleTables.map { table in
            guard table.name == "items" else { return table }
            return Table(
                name: "items",
                columns: [
                    .init("source", .text), .init("digest", .digest), .init("image_id", .digest), .init("tags", .list),
                ],
                rows: [[.text("hub"), .text(someDigest), .text(someDigest), .list([])]])
        }
        try await sampleServer(tables: MemoryTables(tables)).test(.router) { client in
            let page = try await client.execute(uri: "/image?digest=\(someDigest)", method: .get)
            #expect(String(buffer: page.body).contains("!A0:latest"))
        }
    }

    @Test(arguments: [("stored", false), ("unpacked", true)])
    func `containers are told where there can be any`(_ meaning: String, _ isShown: Bool) async throws {
        let tables = sampleTables.map { table in
            var table = table
            if table.name == "usage_by_repository" {
                table.columns.append(.init("bytes_are", .text))
                table.rows[0].append(.text(meaning))
            }
            if table.name == "images" {
                table.columns.append(.init("containers", .count))
                table.rows[0].append(.integer(0))
            }
            return table
        }
        try await sampleServer(tables: MemoryTables(tables)).test(.router) { client in
            let page = try await client.execute(uri: "/repository?of=hub%20app", method: .get)
            #expect(String(buffer: page.body).contains(">Containers</th>") == isShown)
        }
    }

    @Test func `the way to a page has marks between its steps alone`() async throws {
        try await sampleServer().test(.router) { client in
            let html = String(buffer: try await client.execute(uri: "/search?q=", method: .get).body)
            #expect(html.contains("Overview</a> › <a href=\"/sources\">Sources</a></div>"))
        }
    }
}
