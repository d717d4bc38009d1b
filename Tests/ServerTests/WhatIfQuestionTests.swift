import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

/// What would be freed if something went, asked over HTTP.
@Suite struct WhatIfQuestionTests {
    private static let path = "/api/v1/sources/hub/what-if"

    @Test func `each name has a row, and all have totals`() async throws {
        try await sampleServer().test(.router) { client in
            let answer = try await client.execute(
                uri: Self.path + "?name=team%2Fapp%3A1&name=owner%3Dteam%20a", method: .get)
            #expect(answer.status == .ok && answer.headers[.contentType] == "application/json")
            let document =
                try JSONSerialization.jsonObject(with: Data(String(buffer: answer.body).utf8)) as? [String: Any]
            let rows = document?["rows"] as? [[String: Any]]
            #expect(rows?.map { $0["name"] as? String } == ["team/app:1", "owner=team a"])
            #expect((document?["totals"] as? [String: Any])?["freed_bytes"] as? Int == 7)
        }
    }

    @Test(arguments: [
        ("?name=nothing", HTTPResponse.Status.notFound), ("", .badRequest), ("?name=", .badRequest),
        ("?names=team", .badRequest), ("?name=a&collector=x", .badRequest),
        ("?" + (0...100).map { "name=\($0)" }.joined(separator: "&"), .badRequest),
    ])
    func `what does not fit is refused`(_ query: String, _ expected: HTTPResponse.Status) async throws {
        try await sampleServer().test(.router) { client in
            let answer = try await client.execute(uri: Self.path + query, method: .get)
            #expect(answer.status == expected)
            #expect(String(buffer: answer.body).contains("\"error\""))
        }
    }

    @Test func `a source that is none is not found`() async throws {
        try await sampleServer().test(.router) { client in
            let status = try await client.execute(uri: "/api/v1/sources/none/what-if?name=a", method: .get).status
            #expect(status == .notFound)
        }
    }
}
