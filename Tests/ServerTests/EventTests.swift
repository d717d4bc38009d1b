import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ImageModel
import Observations
import Server
import Testing

/// Notifications that registries send.
@Suite struct EventTests {
    private static let type = "application/vnd.docker.distribution.events.v1+json"
    private static let path = "/api/v1/sources/hub/events"

    private static func body(id: String = "1", method: String = "GET") -> String {
        """
        {"events": [{"id": "\(id)", "timestamp": "2026-01-02T03:04:05Z", "action": "pull", "target": {
          "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "\(someDigest)",
          "repository": "team/app", "tag": "1"}, "request": {"addr": "10.0.0.1:1", "method": "\(method)"}}]}
        """
    }

    private static func send(
        _ client: some TestClientProtocol, _ body: String = body(), type: String? = type, path: String = path,
        headers: HTTPFields = [:]
    ) async throws -> (status: HTTPResponse.Status, answer: [String: Any]) {
        var headers = headers
        if let type { headers[.contentType] = type }
        let response = try await client.execute(
            uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
        let answer = try? JSONSerialization.jsonObject(with: Data(String(buffer: response.body).utf8))
        return (response.status, answer as? [String: Any] ?? [:])
    }

    @Test func `what a registry tells is stored, and then success is said`() async throws {
        let sink = MemoryEvents()
        try await sampleServer(events: sink).test(.router) { client in
            let (status, answer) = try await Self.send(client)
            #expect(status == .ok)
            #expect(answer["events"] as? Int == 1 && answer["new"] as? Int == 1)
            // It is sent again: stored is stored.
            let (again, second) = try await Self.send(client)
            #expect(again == .ok && second["new"] as? Int == 0)
            let (head, none) = try await Self.send(client, Self.body(id: "2", method: "HEAD"))
            #expect(head == .ok && none["events"] as? Int == 0)
        }
        #expect(sink.stored.map(\.repository) == ["team/app"])
        #expect(sink.stored.first?.digest == (try Digest(someDigest)))
    }

    @Test func `names of sources are decoded`() async throws {
        let sink = MemoryEvents(sources: ["docker.io/library"])
        try await sampleServer(events: sink).test(.router) { client in
            let status = try await Self.send(client, path: "/api/v1/sources/docker.io%2Flibrary/events").status
            #expect(status == .ok)
        }
        #expect(sink.stored.count == 1)
    }

    @Test func `what cannot be stored is no success, and says why`() async throws {
        let sink = MemoryEvents()
        try await sampleServer(events: sink).test(.router) { client in
            let large = String(repeating: " ", count: RegistryEvent.byteLimit + 1)
            let cases: [(body: String, type: String?, path: String, status: HTTPResponse.Status)] = [
                (Self.body(), Self.type, "/api/v1/sources/none/events", .notFound),
                ("{", Self.type, Self.path, .badRequest), ("[]", "application/json", Self.path, .badRequest),
                (Self.body(id: ""), Self.type, Self.path, .badRequest),
                (Self.body(), "text/plain", Self.path, .unsupportedMediaType),
                ("{}", "application/json", Self.path, .unsupportedMediaType),
                (#"{"updated_tags": ["1"]}"#, "application/json", Self.path, .badRequest),
                (large, Self.type, Self.path, .contentTooLarge),
            ]
            for (body, type, path, expected) in cases {
                let (status, answer) = try await Self.send(client, body, type: type, path: path)
                #expect(status == expected, "\(body.prefix(20))")
                #expect((answer["error"] as? String)?.isEmpty == false, "\(body.prefix(20))")
            }
        }
        #expect(sink.stored.isEmpty)
    }

    @Test func `a database that is away is no success`() async throws {
        try await sampleServer(events: MemoryEvents(isAlive: false)).test(.router) { client in
            let status = try await Self.send(client).status
            #expect(status == .internalServerError)
        }
    }

    @Test func `pages cannot post events, and reading is not posting`() async throws {
        let sink = MemoryEvents()
        try await sampleServer(events: sink).test(.router) { client in
            for origin in ["https://elsewhere.example", "null"] {
                let status = try await Self.send(client, headers: [.origin: origin]).status
                #expect(status == .forbidden)
            }
            let status = try await client.execute(uri: Self.path, method: .get).status
            #expect(status == .notFound || status == .methodNotAllowed)
        }
        #expect(sink.stored.isEmpty)
    }

    @Test func `the token is asked for as everywhere`() async throws {
        let token = "0123456789abcdef0123"
        let sink = MemoryEvents()
        try await sampleServer(token: token, events: sink).test(.router) { client in
            let refused = try await Self.send(client).status
            #expect(refused == .unauthorized)
            #expect(sink.stored.isEmpty)
            let basic = "Basic " + Data("registry:\(token)".utf8).base64EncodedString()
            for header in ["Bearer \(token)", basic] {
                let status = try await Self.send(client, headers: [.authorization: header]).status
                #expect(status == .ok)
            }
        }
    }

    @Test func `a registry on the same machine reaches a server on loopback`() async throws {
        let sink = MemoryEvents()
        try await sampleServer(events: sink).test(.live) { client in
            let status = try await Self.send(client).status
            #expect(status == .ok)
        }
        #expect(sink.stored.count == 1)
    }

    @Test func `the tables beside it are answered still`() async throws {
        try await sampleServer().test(.router) { client in
            for path in ["/api/v1/sources", "/api/v1/sources.csv"] {
                let status = try await client.execute(uri: path, method: .get).status
                #expect(status == .ok)
            }
            let answer = try await client.execute(uri: "/api/v1/openapi.json", method: .get)
            let document =
                try JSONSerialization.jsonObject(with: Data(String(buffer: answer.body).utf8)) as? [String: Any]
            let paths = try #require(document?["paths"] as? [String: [String: Any]])
            let post = try #require(paths["/api/v1/sources/{source}/events"]?["post"] as? [String: Any])
            #expect(
                Set((post["responses"] as? [String: Any] ?? [:]).keys) == ["200", "400", "401", "404", "413", "415"])
        }
    }
}
