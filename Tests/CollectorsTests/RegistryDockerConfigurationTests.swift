import Collectors
import Foundation
import TestSupport
import Testing

@Suite struct RegistryDockerConfigurationTests {
    private func basic(_ username: String, _ password: String) -> String {
        Data("\(username):\(password)".utf8).base64EncodedString()
    }

    private func find(
        _ registry: String, in text: String?, environment: [String: String] = [:], helpers: [String: String] = [:],
        timeout: Duration = .seconds(20)
    ) async throws -> Credentials {
        let folder = try ScratchFolder("docker")
        var environment = environment
        environment["DOCKER_CONFIG"] = folder.url.path
        environment["PATH"] = folder("bin").path + ":/usr/bin:/bin"
        if let text { try folder.write(Data(text.utf8), to: "config.json") }
        for (name, script) in helpers {
            let program = try folder.write(Data(("#!/bin/sh\n" + script).utf8), to: "bin/docker-credential-\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        }
        let endpoint = try RegistryEndpoint(RegistryOptions(registry: registry))
        return try await DockerConfiguration(environment: environment, timeout: timeout).credentials(for: endpoint)
    }

    @Test func `entries are found by every key that Docker writes`() async throws {
        let auth = #"{"auth":"\#(basic("ann", "a:b"))"}"#
        let expected = Credentials.basic(username: "ann", password: "a:b")
        #expect(try await find("r.example:5000", in: #"{"auths":{"r.example:5000":\#(auth)}}"#) == expected)
        #expect(try await find("r.example", in: #"{"auths":{"https://r.example/v2/":\#(auth)}}"#) == expected)
        #expect(try await find("docker.io", in: #"{"auths":{"https://index.docker.io/v1/":\#(auth)}}"#) == expected)
        #expect(try await find("other.example", in: #"{"auths":{"r.example":\#(auth)}}"#) == .anonymous)
        #expect(try await find("r.example", in: nil) == .anonymous)
        #expect(try await find("r.example", in: #"{"auths":{"r.example":{}}}"#) == .anonymous)
    }

    @Test func `every kind of entry is read`() async throws {
        let name = #"{"auths":{"r.example":{"username":"ann","password":"pw"}}}"#
        #expect(try await find("r.example", in: name) == .basic(username: "ann", password: "pw"))
        let identity = #"{"auths":{"r.example":{"auth":"\#(basic("ann", ""))","identitytoken":"id"}}}"#
        #expect(try await find("r.example", in: identity) == .identityToken("id"))
        let token = #"{"auths":{"r.example":{"registrytoken":"rt"}}}"#
        #expect(try await find("r.example", in: token) == .registryToken("rt"))
        let padded = #"{"auths":{"r.example":{"auth":"\#(basic("ann", "pw\0\0"))"}}}"#
        #expect(try await find("r.example", in: padded) == .basic(username: "ann", password: "pw"))
    }

    @Test func `the environment's entries go first`() async throws {
        let file =
            #"{"auths":{"r.example":{"username":"file","password":"pw"},"s.example":{"username":"s","password":"pw"}}}"#
        let environment = ["DOCKER_AUTH_CONFIG": #"{"auths":{"r.example":{"auth":"\#(basic("env", "pw"))"}}}"#]
        #expect(
            try await find("r.example", in: file, environment: environment) == .basic(username: "env", password: "pw"))
        #expect(
            try await find("s.example", in: file, environment: environment) == .basic(username: "s", password: "pw"))
    }

    @Test func `a registry's helper goes before the store, and the store before the file`() async throws {
        let echo = #"read key; echo "{\"ServerURL\":\"$key\",\"Username\":\"NAME-$key\",\"Secret\":\"pw\"}""#
        let helpers = [
            "one": echo.replacingOccurrences(of: "NAME", with: "one"),
            "two": echo.replacingOccurrences(of: "NAME", with: "two"),
        ]
        let text =
            #"{"auths":{"r.example":{"username":"file","password":"pw"}},"credHelpers":{"r.example":"one"},"credsStore":"two"}"#
        #expect(
            try await find("r.example", in: text, helpers: helpers) == .basic(username: "one-r.example", password: "pw")
        )
        #expect(
            try await find("s.example", in: text, helpers: helpers) == .basic(username: "two-s.example", password: "pw")
        )
    }

    @Test func `what helpers say is understood`() async throws {
        let text = #"{"credsStore":"x"}"#
        let token = #"echo '{"ServerURL":"r","Username":"<token>","Secret":"id"}'"#
        #expect(try await find("r.example", in: text, helpers: ["x": token]) == .identityToken("id"))
        let missing = "echo 'credentials not found in native keychain'; exit 1"
        #expect(try await find("r.example", in: text, helpers: ["x": missing]) == .anonymous)
    }

    @Test(arguments: [
        ("fails", "echo 'secret trouble'; exit 2"), ("talks nonsense", "echo hello"), ("hangs", "exec sleep 60"),
        ("leaves a child behind", "sleep 60 & exec sleep 60"), ("talks for ever", "exec cat /dev/zero"),
    ])
    func `a helper that is of no use is an error that says which`(fault: String, script: String) async throws {
        let start = ContinuousClock.now
        let error = await #expect(throws: RegistryError.self) {
            try await find("r.example", in: #"{"credsStore":"x"}"#, helpers: ["x": script], timeout: .milliseconds(500))
        }
        #expect(error?.kind == .credentials && error?.message.contains("docker-credential-x") == true)
        #expect(error?.message.contains("secret") == false)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test(arguments: [
        ("no JSON", "nonsense"), ("wrong type", #"{"auths":[]}"#),
        ("bad base64", #"{"auths":{"r.example":{"auth":"%%"}}}"#),
        ("no colon", #"{"auths":{"r.example":{"auth":"YQ=="}}}"#), ("missing helper", #"{"credsStore":"absent"}"#),
        ("helper elsewhere", #"{"credsStore":"../../bin/sh"}"#),
    ])
    func `a configuration that cannot be used is an error, not anonymous`(fault: String, text: String) async {
        let error = await #expect(throws: RegistryError.self) { try await find("r.example", in: text) }
        #expect(error?.kind == .credentials)
    }
}
