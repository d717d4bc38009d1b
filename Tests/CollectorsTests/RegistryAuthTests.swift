import Collectors
import Foundation
import ImageModel
import NIOHTTP1
import Observations
import Synchronization
import TestSupport
import Testing

@Suite struct RegistryAuthTests {
    /// A registry that takes bearer tokens from a server at the same address: the token names the scope it is for.
    private func withTokens(
        _ faulty: FaultyRegistry, issue: @escaping @Sendable (ScriptedRequest) -> ScriptedReply? = { _ in nil }
    ) -> ScriptedRegistry {
        var registry = faulty.registry
        registry.override = { request in
            if request.path == "/token" {
                if let reply = issue(request) { return reply }
                let scope = request.item("scope") ?? ""
                return .json(#"{"token":"for:\#(scope.replacingOccurrences(of: " ", with: "_"))","expires_in":300}"#)
            }
            let name = request.path.split(separator: "/").dropFirst().prefix {
                $0 != "tags" && $0 != "manifests" && $0 != "blobs" && $0 != "referrers"
            }.joined(separator: "/")
            let scope = name == "_catalog" ? "registry:catalog:*" : "repository:\(name):pull"
            let header = request.headers.first(name: "authorization")
            if header == "Bearer for:\(scope)" || (request.path == "/v2/" && header != nil) { return nil }
            let host = request.headers.first(name: "host") ?? ""
            let wanted = request.path == "/v2/" ? "" : ",scope=\"\(scope)\""
            return ScriptedRegistry.error(
                401, "UNAUTHORIZED",
                headers: ["www-authenticate": "Bearer realm=\"http://\(host)/token\",service=\"a, b\"\(wanted)"])
        }
        return registry
    }

    @Test func `a token is fetched once for each scope, with the credentials`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await collect(
            withTokens(faulty), change: { $0.credentials = .basic(username: "ann", password: "pass:word") },
            check: { server, _ in
                let tokens = server.requests.filter { $0.path == "/token" }
                // One more for the root, which needs none of the scopes.
                #expect(
                    Set(tokens.map { $0.item("scope") }) == [
                        nil, "registry:catalog:*", "repository:app:pull", "repository:other:pull",
                    ])
                #expect(tokens.count == 4)
                #expect(tokens.allSatisfy { $0.item("service") == "a, b" })
                let basic = "Basic " + Data("ann:pass:word".utf8).base64EncodedString()
                #expect(tokens.allSatisfy { $0.headers["authorization"] == [basic] })
            })
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
    }

    @Test func `a token that ends is fetched anew before it is refused`() async throws {
        let faulty = try FaultyRegistry()
        let registry = withTokens(faulty) { request in
            .json(#"{"access_token":"for:\#(request.item("scope") ?? "")","expires_in":0}"#)
        }
        let collected = try await collect(
            registry, check: { server, _ in #expect(server.lines.count { $0.contains("/token") } > 4) })
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
    }

    @Test func `a registry that refuses every token is asked twice and no more`() async throws {
        let faulty = try FaultyRegistry()
        let registry = withTokens(faulty) { _ in .json(#"{"token":"useless"}"#) }
        let collected = try await collect(
            registry, check: { server, _ in #expect(server.lines.count { $0.contains("_catalog") } <= 2) })
        #expect(collected.status("repositories").outcome == .failed)
        #expect(collected.status("repositories").hint.contains("log in"))
    }

    @Test(arguments: [401, 403, 404, 400])
    func `a token server that refuses is no missing repository`(status: Int) async throws {
        let faulty = try FaultyRegistry()
        let registry = withTokens(faulty) { request in
            request.item("scope") == "repository:app:pull" ? ScriptedReply(status) : nil
        }
        let collected = try await collect(registry)
        #expect(collected.isComplete("app") == false)
        #expect(collected.isComplete("other") == true)
        #expect(collected.status("tags").detail.contains("token server answered with status \(status)"))
        #expect(collected.status("tags").hint.contains("log in"))
    }

    @Test func `an identity token is exchanged by POST`() async throws {
        let faulty = try FaultyRegistry()
        let collected = try await collect(
            withTokens(faulty) { request in
                let form = String(decoding: request.body, as: UTF8.self)
                guard request.method == "POST", form.contains("refresh_token=id%2Fentity") else {
                    return ScriptedReply(401)
                }
                let scope = form.split(separator: "&").first { $0.hasPrefix("scope=") }?.dropFirst(6)
                return .json(
                    #"{"access_token":"for:\#((scope ?? "").removingPercentEncoding ?? "")","expires_in":300}"#)
            }, change: { $0.credentials = .identityToken("id/entity") })
        #expect(collected.result.isComplete, "\(collected.result.aspects)")
    }

    @Test func `credentials do not follow a redirect to another host, and nothing shows them`() async throws {
        let faulty = try FaultyRegistry()
        let blobs = faulty.registry
        let plain = blobs.script
        try await ScriptedHTTPServer.run(script: { await plain(ScriptedRequest(elsewhere: $0)) }) { store in
            var registry = blobs
            let place = store.url
            registry.override = { request in
                guard request.headers["authorization"] == ["Basic " + Data("ann:swordfish".utf8).base64EncodedString()]
                else {
                    return ScriptedRegistry.error(
                        401, "UNAUTHORIZED", headers: ["www-authenticate": "Basic realm=\"r\""])
                }
                guard request.path.contains("/blobs/") else { return nil }
                return ScriptedReply(307, headers: ["location": "\(place)/elsewhere\(request.path)?Signature=secret"])
            }
            let collected = try await collect(
                registry, change: { $0.credentials = .basic(username: "ann", password: "swordfish") })
            #expect(collected.result.isComplete, "\(collected.result.aspects)")
            #expect(store.requests.count == 3)
            #expect(store.requests.allSatisfy { $0.headers["authorization"].isEmpty })
            let shown = String(reflecting: collected.result) + String(reflecting: RegistryOptions.self)
            #expect(!shown.contains("swordfish"))
        }
    }

    @Test func `credentials are never described`() {
        for secret in [
            Credentials.basic(username: "u", password: "swordfish"), .identityToken("swordfish"),
            .registryToken("swordfish"),
        ] {
            var dumped = ""
            dump(secret, to: &dumped)
            #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("swordfish"))
        }
        var options = RegistryOptions(registry: "r")
        options.credentials = .basic(username: "u", password: "swordfish")
        #expect(!String(reflecting: options).contains("swordfish"))
    }

    @Test(arguments: [
        ("localhost:5000", "http://localhost:5000"), ("127.0.0.1", "http://127.0.0.1"),
        ("registry.example", "https://registry.example"), ("https://Registry.example/", "https://registry.example"),
        ("docker.io", "https://registry-1.docker.io"), ("https://localhost:5000", "https://localhost:5000"),
        ("http://registry.example", nil), ("https://user:secret@registry.example", nil), ("a b", nil), ("", nil),
        ("http://registry.example/path", nil),
    ])
    func `an address is read, and TLS is left out for the loopback alone`(registry: String, origin: String?) {
        let endpoint = try? RegistryEndpoint(RegistryOptions(registry: registry))
        #expect(endpoint?.origin == origin)
    }
}

extension ScriptedRequest {
    /// The request as the registry would have had it.
    fileprivate init(elsewhere request: ScriptedRequest) {
        self = request
        target = String(request.path.dropFirst("/elsewhere".count))
    }
}
