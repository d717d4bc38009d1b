import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

@Suite struct GuardTests {
    private let token = "0123456789abcdef0123"

    @Test func `only loopback needs no token`() throws {
        #expect(throws: ServerError.tokenNeeded(host: "0.0.0.0")) { try ServerConfiguration(host: "0.0.0.0") }
        #expect(throws: ServerError.tokenNeeded(host: "::")) { try ServerConfiguration(host: "::") }
        #expect(throws: ServerError.tokenNeeded(host: "127.example.org")) {
            try ServerConfiguration(host: "127.example.org")
        }
        for host in ["127.0.0.1", "127.3.2.1", "localhost", "::1"] { _ = try ServerConfiguration(host: host) }
        _ = try ServerConfiguration(host: "0.0.0.0", token: AccessToken(token))
    }

    @Test func `a short token is refused and none is ever printed`() throws {
        #expect(throws: ServerError.tokenTooShort) { try AccessToken("short") }
        let printed = "\(try AccessToken(token))"
        #expect(!printed.contains(token))
    }

    @Test(arguments: ["", "0123456789abcdef0124", "0123456789abcdef012", "0123456789abcdef01234", "x"])
    func `any other text is not the token`(_ other: String) throws {
        let secret = try AccessToken(token)
        #expect(!secret.matches(other))
        #expect(secret.matches(token))
    }

    @Test func `without the token nothing but health is told`() async throws {
        try await sampleServer(token: token).test(.router) { client in
            for path in ["/", "/sources", "/api/v1", "/api/v1/images", "/api/v1/images.csv", "/assets/report.css"] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .unauthorized, "\(path)")
                #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
            }
            let status = try await client.execute(uri: "/healthz", method: .get).status
            #expect(status == .ok)
        }
    }

    @Test func `the token is taken as bearer and as password`() async throws {
        try await sampleServer(token: token).test(.router) { client in
            for value in ["Bearer \(token)", "bearer \(token)", "Basic " + base64("anyone:\(token)")] {
                let answer = try await client.execute(
                    uri: "/api/v1", method: .get, headers: [.authorization: value])
                #expect(answer.status == .ok, "\(value.prefix(6))")
            }
            for value in ["Bearer", "Bearer x", "Basic !", "Basic " + base64(token), "Digest \(token)"] {
                let answer = try await client.execute(
                    uri: "/api/v1", method: .get, headers: [.authorization: value])
                #expect(answer.status == .unauthorized)
            }
        }
    }

    @Test func `on loopback a foreign host name is refused`() async throws {
        try await sampleServer().test(.live) { client in
            let status = try await client.execute(uri: "/api/v1", method: .get).status
            #expect(status == .ok)
        }
        try await sampleServer().test(.ahc(.http)) { client in
            for (authority, status) in [
                ("rebound.example.org", HTTPResponse.Status.misdirectedRequest), ("localhost:8080", .ok),
                ("127.0.0.1", .ok), ("[::1]:8080", .ok), ("10.0.0.1:8080", .misdirectedRequest),
            ] {
                let answer = try await client.execute(
                    uri: "/api/v1", method: .get, headers: [.init("Host") ?? .accept: authority])
                #expect(answer.status == status, "\(authority)")
            }
        }
    }

    @Test(arguments: ["/", "/no/such/page", "/api/v1/none", "/image?digest=x", "/healthz", "/assets/report.js"])
    func `every answer carries the security headers`(_ path: String) async throws {
        try await sampleServer().test(.router) { client in
            let headers = try await client.execute(uri: path, method: .get).headers
            #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(headers[.contentSecurityPolicy]?.contains("unsafe") == false)
            #expect(headers[.xContentTypeOptions] == "nosniff")
            #expect(headers[.init("X-Frame-Options") ?? .accept] == "DENY")
            #expect(headers[.init("Referrer-Policy") ?? .accept] == "no-referrer")
        }
    }

    private func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = Array(text.utf8)
        var result = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let number = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for index in 0..<4 { result.append(index <= part.count ? alphabet[number >> (18 - 6 * index) & 63] : "=") }
        }
        return result
    }
}
