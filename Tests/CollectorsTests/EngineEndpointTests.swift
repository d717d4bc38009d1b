import Collectors
import Foundation
import ImageModel
import TestSupport
import Testing

struct EngineEndpointTests {
    @Test(arguments: [
        ("unix:///run/a.sock", "unix:///run/a.sock"), ("/run/a.sock", "unix:///run/a.sock"),
        ("tcp://host:99", "tcp://host:99"), ("tcp://host", "tcp://host:2375"),
        ("tcp://host:99/base/path/", "tcp://host:99/base/path"), ("http://host", "tcp://host:80"),
        ("https://host", "https://host:443"), ("tcp://[::1]:99", "tcp://[::1]:99"), ("TCP://[::1]", "tcp://[::1]:2375"),
        ("ssh://me@host:22/run/x.sock", "ssh://me@host:22/run/x.sock"), ("ssh://host", "ssh://host"),
        ("ssh://[::1]:22", "ssh://[::1]:22"),
    ])
    func `addresses are understood`(_ address: String, _ location: String) throws {
        #expect(try EngineEndpoint.parse(address).location == location)
    }

    @Test(arguments: [
        "", "host:2375", "unix://relative", "tcp://", "tcp://:99", "tcp://host:0", "tcp://host:x", "tcp://host:70000",
        "tcp://user:secret@host", "https://user:secret@host", "tcp://host?secret", "tcp://host/#secret",
        "ssh://user:secret@host", "ssh://host?secret", "ssh://host#secret", "ssh://", "ssh://-oProxyCommand=secret",
        "ssh://-lsecret@host", "npipe:////./pipe/docker_engine", "fd://", "ftp://host", "tcp://ho st",
    ])
    func `addresses that cannot be used are refused without repeating a secret`(_ address: String) throws {
        let error = try #require(throws: EngineError.self) { try EngineEndpoint.parse(address) }
        #expect(error.reason == .configuration)
        if address.contains("user:") || address.contains("?") || address.contains("#") {
            #expect(!error.description.contains("secret"))
        }
    }

    @Test func `tcp becomes TLS when there is TLS material`() throws {
        let endpoint = try EngineEndpoint.parse("tcp://host", tls: EngineTLS(folder: "/nowhere"))
        #expect(endpoint.location == "https://host:2376")
        #expect(try EngineEndpoint.parse("http://host", tls: EngineTLS(folder: "/nowhere")).location == "tcp://host:80")
    }

    @Test func `ssh is called as Docker calls it`() throws {
        guard case .ssh(let target) = try EngineEndpoint.parse("ssh://me@host:22/run/it's.sock").transport else {
            Issue.record("no ssh")
            return
        }
        #expect(
            target.arguments == [
                "-o", "ConnectTimeout=30", "-o", "BatchMode=yes", "-l", "me", "-p", "22", "-T", "--", "host",
                #"docker --host='unix:///run/it'\''s.sock' system dial-stdio"#,
            ])
        let plain = SSHTarget(host: "host", program: .podman)
        #expect(plain.arguments.suffix(3) == ["--", "host", "podman system dial-stdio"])
    }
}

struct EngineContextTests {
    private let folder: ScratchFolder
    private let environment: [String: String]

    init() throws {
        folder = try ScratchFolder("contexts")
        environment = ["HOME": folder.url.path]
        try context("far", #"{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:1"}}}"#)
        try context("safe", #"{"Name":"safe","Endpoints":{"docker":{"Host":"tcp://safe:1","SkipTLSVerify":true}}}"#)
        try context("empty", #"{"Name":"empty","Endpoints":{}}"#)
        try context("broken", "{")
        try folder.write(Data("ca".utf8), to: ".docker/contexts/tls/\(key("safe"))/docker/ca.pem")
    }

    private func key(_ name: String) -> String { Digest.of(Array(name.utf8)).hex }

    private func context(_ name: String, _ meta: String) throws {
        try folder.write(Data(meta.utf8), to: ".docker/contexts/meta/\(key(name))/meta.json")
    }

    private func use(_ name: String) throws {
        try folder.write(Data(#"{"currentContext":"\#(name)","auths":{}}"#.utf8), to: ".docker/config.json")
    }

    private func resolve(_ more: [String: String] = [:], host: String? = nil, context: String? = nil) throws -> String {
        try EngineEndpoint.resolve(
            host: host, context: context, environment: environment.merging(more) { _, new in new }
        ).location
    }

    @Test func `the order in which Docker picks an engine is kept`() throws {
        #expect(try resolve() == "unix:///var/run/docker.sock")
        try use("far")
        #expect(try resolve() == "tcp://far:1")
        #expect(try resolve(["DOCKER_CONTEXT": "safe"]) == "https://safe:1")
        #expect(try resolve(["DOCKER_CONTEXT": "default"]) == "unix:///var/run/docker.sock")
        #expect(try resolve(["DOCKER_CONTEXT": "safe", "DOCKER_HOST": "tcp://env:1"]) == "tcp://env:1")
        #expect(try resolve(["DOCKER_HOST": ""]) == "tcp://far:1")
        #expect(try resolve(["DOCKER_HOST": "tcp://env:1"], host: "tcp://given:1") == "tcp://given:1")
        #expect(try resolve(["DOCKER_HOST": "tcp://env:1"], context: "far") == "tcp://far:1")
        #expect(try resolve(["DOCKER_HOST": "tcp://env:1"], context: "default") == "unix:///var/run/docker.sock")
    }

    @Test func `a context's TLS files and its wish not to verify are kept`() throws {
        let endpoint = try EngineEndpoint.resolve(context: "safe", environment: environment)
        let authority = folder(".docker/contexts/tls/\(key("safe"))/docker/ca.pem").path
        #expect(
            endpoint.transport
                == .tcp(host: "safe", port: 1, basePath: "", tls: EngineTLS(authority: authority, verifies: false)))
    }

    @Test(arguments: ["missing", "empty", "broken"])
    func `a context that cannot be used is named`(_ name: String) throws {
        let error = try #require(throws: EngineError.self) { try resolve(context: name) }
        #expect(error.reason == .configuration)
    }

    @Test func `TLS is used when Docker would use it`() throws {
        try folder.write(Data("x".utf8), to: "certificates/ca.pem")
        let path = folder("certificates").path
        #expect(try resolve(["DOCKER_CERT_PATH": path, "DOCKER_HOST": "tcp://env"]) == "tcp://env:2375")
        let environment = environment.merging(
            ["DOCKER_CERT_PATH": path, "DOCKER_HOST": "tcp://env", "DOCKER_TLS_VERIFY": "1"]) { _, new in new }
        let endpoint = try EngineEndpoint.resolve(environment: environment)
        #expect(
            endpoint.transport
                == .tcp(host: "env", port: 2376, basePath: "", tls: EngineTLS(authority: path + "/ca.pem")))
    }

    @Test func `every place is a candidate once, those that were named first`() throws {
        let run = try ScratchFolder("run")
        try run.write(Data(), to: "podman/podman.sock")
        try run.write(Data(), to: "docker.sock")
        let candidates = try EngineEndpoint.candidates(
            environment: [
                "HOME": folder.url.path, "XDG_RUNTIME_DIR": run.url.path, "DOCKER_HOST": "tcp://env:1",
                "CONTAINER_HOST": "unix://\(run("podman/podman.sock").path)",
            ])
        #expect(candidates.prefix(2).map(\.origin) == [.environment("DOCKER_HOST"), .environment("CONTAINER_HOST")])
        #expect(
            candidates.count { $0.location.hasSuffix("/podman/podman.sock") && $0.location.contains(run.url.path) } == 1
        )
        #expect(candidates.contains { $0.defaultName == "docker-rootless" })
    }

    @Test func `a usual place where nothing answers is passed over, a named one is not`() async throws {
        let run = try ScratchFolder("run")
        try run.write(Data(), to: "docker.sock")
        let found = try await EngineEndpoint.discover(
            environment: ["HOME": folder.url.path, "XDG_RUNTIME_DIR": run.url.path, "DOCKER_HOST": "unix:///nowhere"])
        #expect(found.first?.location == "unix:///nowhere")
        #expect(!found.contains { $0.location.contains(run.url.path) })
    }
}
