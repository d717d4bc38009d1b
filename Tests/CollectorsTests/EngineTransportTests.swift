import Collectors
import Foundation
import NIOHTTP1
import Observations
import TestSupport
import Testing

struct EngineTransportTests {
    private func collect(_ endpoint: EngineEndpoint) async throws -> RecordingSink {
        let seen = RecordingSink()
        let result = try await EngineCollector(endpoint, limits: .small).collect(.test(seen))
        #expect(result.isComplete)
        #expect(result.source.location == endpoint.location)
        return seen
    }

    @Test func `over TCP the base path goes before every path`() async throws {
        let docker = ScriptedDocker()
        try await ScriptedHTTPServer.run(script: { request in
            guard request.target.hasPrefix("/base/") else { return ScriptedReply(404) }
            var request = request
            request.target = String(request.target.dropFirst(5))
            return await docker.reply(request)
        }) { server in
            let seen = try await collect(try EngineEndpoint.parse("tcp://127.0.0.1:\(server.port)/base/"))
            #expect(seen.items.count == 2)
            #expect(server.requests.allSatisfy { $0.headers["host"] == [server.host] })
        }
    }

    @Test(.enabled(if: Program.find("openssl") != nil, "needs openssl"))
    func `over TLS the engine's certificate is checked, unless told not to`() async throws {
        let folder = try ScratchFolder("tls")
        try await Program.run(
            try #require(Program.find("openssl")),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder("key.pem").path,
                "-out", folder("cert.pem").path,
            ])
        try FileManager.default.copyItem(at: folder("cert.pem"), to: folder("ca.pem"))
        let docker = ScriptedDocker()
        let certificate = ServerCertificate(certificate: folder("cert.pem"), key: folder("key.pem"))
        try await ScriptedHTTPServer.run(tls: certificate, script: docker.reply) { server in
            let address = "tcp://127.0.0.1:\(server.port)"
            let trusted = try EngineEndpoint.parse(address, tls: EngineTLS(folder: folder.url.path))
            #expect(try await collect(trusted).items.count == 2)
            let blind = try EngineEndpoint.parse(address, tls: EngineTLS(verifies: false))
            #expect(try await collect(blind).items.count == 2)
            let strict = try EngineEndpoint.parse(address, tls: EngineTLS())
            let error = try await #require(throws: EngineError.self) { _ = try await strict.probe() }
            #expect(error.reason == .unreachable && error.detail.contains("TLS"))
        }
    }

    @Test(arguments: [EngineTLS(certificate: "/nowhere/cert.pem"), EngineTLS(authority: "/nowhere/ca.pem")])
    func `TLS files that cannot be used are named`(_ tls: EngineTLS) async throws {
        let endpoint = try EngineEndpoint.parse("tcp://127.0.0.1:1", tls: tls)
        let error = try await #require(throws: EngineError.self) { _ = try await endpoint.probe() }
        #expect(error.reason == .configuration)
    }

    @Test(.enabled(if: Program.find("/usr/bin/docker") != nil, "needs docker"))
    func `over ssh every connection is a program of its own, and none is left`() async throws {
        try await ScriptedDocker().run { endpoint, _ in
            guard case .socket(let path) = endpoint.transport else { return }
            let ssh = try FakeSSH(socket: path)
            #expect(try await collect(ssh.endpoint).items.count == 2)
            let calls = try ssh.calls
            #expect(calls.first == "-o")
            #expect(calls.filter { $0 == "far.example.org" }.count <= 4, "connections are used again")
            #expect(calls.contains("docker system dial-stdio"))
        }
    }

    @Test func `what ssh says is told when it fails`() async throws {
        let ssh = try FakeSSH(socket: "/nowhere", failure: "Permission denied (publickey).")
        let error = try await #require(throws: EngineError.self) { _ = try await ssh.endpoint.probe() }
        #expect([.cut, .unreachable].contains(error.reason))
        #expect(error.detail.contains("Permission denied (publickey)."))
    }
}
