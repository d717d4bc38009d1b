import Figures
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

@Suite struct APITests {
    @Test func `a table is answered with rows, totals, checks and coverage`() async throws {
        try await sampleServer().test(.router) { client in
            let answer = try await client.execute(uri: "/api/v1/usage_by_repository", method: .get)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "application/json")
            let document = try #require(
                JSONSerialization.jsonObject(with: Data(String(buffer: answer.body).utf8)) as? [String: Any])
            #expect(Set(document.keys) == ["rows", "totals", "checks", "coverage"])
            let row = try #require((document["rows"] as? [[String: Any]])?.first)
            #expect(row["stored_bytes"] as? Int == 1234)
            #expect(row["repository"] as? String == hostile)
        }
    }

    @Test func `filters, order and pages are handed on`() async throws {
        let tables = MemoryTables(sampleTables)
        try await sampleServer(tables: tables).test(.router) { client in
            let path =
                "/api/v1/images?filter=source%3Dhub&filter=exclusive_bytes%3E%3D5&sort=-exclusive_bytes&limit=7&offset=3"
            let status = try await client.execute(uri: path, method: .get).status
            #expect(status == .ok)
        }
        #expect(
            tables.requests == [
                TableRequest(
                    "images", filters: ["source=hub", "exclusive_bytes>=5"], sort: ["-exclusive_bytes"], limit: 7,
                    offset: 3)
            ])
    }

    @Test(arguments: ["limit=0", "limit=10001", "limit=x", "offset=-1", "filtre=source%3Dhub", "filter=nonsense"])
    func `what does not fit is refused, never ignored`(_ query: String) async throws {
        try await sampleServer().test(.router) { client in
            let answer = try await client.execute(uri: "/api/v1/images?\(query)", method: .get)
            #expect(answer.status == .badRequest)
            let document =
                try JSONSerialization.jsonObject(with: Data(String(buffer: answer.body).utf8)) as? [String: String]
            #expect(document?["error"]?.isEmpty == false)
        }
    }

    @Test func `CSV is a file with all rows and without anything that a spreadsheet would run`() async throws {
        let tables = MemoryTables(sampleTables)
        try await sampleServer(tables: tables).test(.router) { client in
            let answer = try await client.execute(uri: "/api/v1/images.csv", method: .get)
            #expect(answer.headers[.contentDisposition] == "attachment; filename=\"images.csv\"")
            let lines = String(buffer: answer.body).split(whereSeparator: \.isNewline)
            #expect(lines.first == "source,repository,digest,tags,exclusive_bytes")
            #expect(lines.last?.contains("'=cmd") == true)
            #expect(lines.last?.contains(",=cmd") == false)
        }
        #expect(tables.requests.first?.limit == nil)
    }

    @Test func `a table that is none is not found`() async throws {
        try await sampleServer().test(.router) { client in
            for name in ["pg_shadow", "images.xml", "images.csv.csv", "%2e%2e"] {
                let status = try await client.execute(uri: "/api/v1/\(name)", method: .get).status
                #expect(status == .notFound)
            }
        }
    }

    @Test func `health follows the database`() async throws {
        try await sampleServer(tables: MemoryTables(sampleTables, isAlive: false)).test(.router) { client in
            let status = try await client.execute(uri: "/healthz", method: .get).status
            #expect(status == .serviceUnavailable)
        }
    }

    @Test func `the OpenAPI document describes every table and its columns`() async throws {
        try await sampleServer().test(.router) { client in
            let answer = try await client.execute(uri: "/api/v1/openapi.json", method: .get)
            let document = try #require(
                JSONSerialization.jsonObject(with: Data(String(buffer: answer.body).utf8)) as? [String: Any])
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: Any])
            for table in sampleTables {
                #expect(paths["/api/v1/\(table.name)"] != nil && paths["/api/v1/\(table.name).csv"] != nil)
            }
            for table in CacheTable.allCases { #expect(paths["/api/v1/\(table.rawValue)"] != nil) }
            #expect(paths["/api/v1/builds/{build}"] != nil && paths["/api/v1/builds/{build}/steps"] != nil)
            #expect(String(buffer: answer.body).contains("\"exclusive_bytes\""))
        }
    }
}
