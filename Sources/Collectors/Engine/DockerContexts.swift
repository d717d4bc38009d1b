import Foundation
import ImageModel

/// Docker's contexts on disk (docker/cli, cli/context/store).
struct DockerContexts {
    /// `~/.docker`, or what `DOCKER_CONFIG` says.
    let folder: String

    init(environment: [String: String]) {
        let given = environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        folder = given ?? (environment["HOME"] ?? "") + "/.docker"
    }

    private static let byteLimit = 1 << 20

    private struct Configuration: Decodable {
        var currentContext: String?
    }

    private struct Meta: Decodable {
        struct Endpoint: Decodable {
            var host: String?
            var skipTLSVerify: Bool?

            enum CodingKeys: String, CodingKey {
                case host = "Host"
                case skipTLSVerify = "SkipTLSVerify"
            }
        }

        var endpoints: [String: Endpoint]

        enum CodingKeys: String, CodingKey { case endpoints = "Endpoints" }
    }

    /// The context that `docker context use` chose; nil when there is none.
    func current() throws(EngineError) -> String? {
        guard let content = try read(folder + "/config.json") else { return nil }
        let name = try decode(Configuration.self, content, folder + "/config.json").currentContext
        return name.flatMap { $0.isEmpty || $0 == "default" ? nil : $0 }
    }

    /// The endpoint of a context. Throws ``EngineError`` when there is no such context or it is broken.
    func endpoint(_ name: String) throws(EngineError) -> EngineEndpoint {
        let key = Digest.of(Array(name.utf8)).hex
        let file = "\(folder)/contexts/meta/\(key)/meta.json"
        let subject = "docker context \(quoted(name))"
        guard let content = try read(file) else {
            throw EngineError(.configuration, subject, "does not exist", hint: "see `docker context ls`")
        }
        guard let docker = try decode(Meta.self, content, file).endpoints["docker"],
            let host = docker.host, !host.isEmpty
        else {
            throw EngineError(.configuration, subject, "has no docker endpoint", hint: "see `docker context inspect`")
        }
        let tls = EngineTLS(folder: "\(folder)/contexts/tls/\(key)/docker", verifies: docker.skipTLSVerify != true)
        return try EngineEndpoint.parse(
            host, tls: tls.isEmpty && tls.verifies ? nil : tls, origin: .context(name), defaultName: "docker:\(name)")
    }

    private func read(_ path: String) throws(EngineError) -> Data? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw EngineError(.configuration, path, "cannot be read", hint: "check who may read it")
        }
        do {
            let content = try handle.read(upToCount: Self.byteLimit + 1) ?? Data()
            try handle.close()
            return content
        } catch {
            throw EngineError(.configuration, path, "cannot be read", hint: "check that it is a file")
        }
    }

    private func decode<T: Decodable>(_ type: T.Type, _ content: Data, _ path: String) throws(EngineError) -> T {
        do {
            return try DocumentParser.decode(type, from: content, as: .document, limit: Self.byteLimit)
        } catch {
            throw EngineError(.configuration, path, error.description, hint: "mend it, or name the engine by address")
        }
    }
}
