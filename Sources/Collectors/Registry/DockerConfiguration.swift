import Foundation
import ImageModel

/// Finds the credentials for a registry where `docker login` puts them (docker/cli: cli/config).
///
/// `DOCKER_AUTH_CONFIG` goes first; then, in config.json, the credential helper of the registry, the credential store,
/// and last the file's own entries.
package struct DockerConfiguration: Sendable {
    private struct Document: Decodable {
        var auths: [String: Entry]?
        var credHelpers: [String: String]?
        var credsStore: String?
    }

    private struct Entry: Decodable {
        var auth: String?
        var username: String?
        var password: String?
        var identitytoken: String?
        var registrytoken: String?
    }

    private static let byteLimit = 4 << 20
    private let environment: [String: String]
    private let helper: CredentialHelper

    /// `environment` is the process's own unless a test gives another.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment, timeout: Duration = .seconds(30))
    {
        self.environment = environment
        helper = CredentialHelper(environment: environment, timeout: timeout)
    }

    /// The credentials for a registry: ``Credentials/anonymous`` when nothing is said of it. Throws ``RegistryError``
    /// when the configuration or a helper cannot be read.
    package func credentials(for endpoint: RegistryEndpoint) async throws -> Credentials {
        let key = endpoint.configurationKey
        if let text = environment["DOCKER_AUTH_CONFIG"], !text.isEmpty {
            let document = try parse(Data(text.utf8), from: "DOCKER_AUTH_CONFIG")
            if let found = try Self.credentials(in: document.auths, key: key) { return found }
        }
        guard let document = try file() else { return .anonymous }
        if let name = document.credHelpers?[key] ?? document.credHelpers?[endpoint.host] {
            return try await helper.credentials(from: name, for: key)
        }
        if let name = document.credsStore, !name.isEmpty {
            return try await helper.credentials(from: name, for: key)
        }
        return try Self.credentials(in: document.auths, key: key) ?? .anonymous
    }

    private func file() throws(RegistryError) -> Document? {
        let folder = environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = folder ?? environment["HOME"].map({ $0 + "/.docker" }) else { return nil }
        let place = path + "/config.json"
        guard let handle = FileHandle(forReadingAtPath: place) else {
            guard !FileManager.default.fileExists(atPath: place) else {
                throw RegistryError(.credentials, "\(place) cannot be opened; check its permissions")
            }
            return nil
        }
        let content: Data
        do {
            content = try handle.read(upToCount: Self.byteLimit + 1) ?? Data()
            try handle.close()
        } catch {
            throw RegistryError(.credentials, "\(place) cannot be read")
        }
        return try parse(content, from: place)
    }

    private func parse(_ content: Data, from place: String) throws(RegistryError) -> Document {
        do {
            return try DocumentParser.decode(Document.self, from: content, as: .document, limit: Self.byteLimit)
        } catch {
            // The path in the document is enough: its reasons could quote a secret.
            throw RegistryError(
                .credentials,
                "\(place) is no Docker configuration" + (error.path.isEmpty ? "" : ": look at the key \(error.path)"))
        }
    }

    private static func credentials(in auths: [String: Entry]?, key: String) throws(RegistryError) -> Credentials? {
        guard let auths else { return nil }
        let wanted = bareHost(key)
        let entry = auths[key] ?? auths.sorted { $0.key < $1.key }.first { bareHost($0.key) == wanted }?.value
        guard let entry else { return nil }
        if let token = entry.identitytoken, !token.isEmpty { return .identityToken(token) }
        if let token = entry.registrytoken, !token.isEmpty { return .registryToken(token) }
        if let auth = entry.auth, !auth.isEmpty {
            guard let decoded = Data(base64Encoded: auth), let text = String(data: decoded, encoding: .utf8),
                let colon = text.firstIndex(of: ":")
            else {
                throw RegistryError(.credentials, "the entry for \(wanted) holds no name and password; log in again")
            }
            var password = text[text.index(after: colon)...]
            while password.last == "\0" { password = password.dropLast() }
            return .basic(username: String(text[..<colon]), password: String(password))
        }
        if let username = entry.username, !username.isEmpty {
            return .basic(username: username, password: entry.password ?? "")
        }
        // With a credential store Docker leaves empty entries behind: no credentials.
        return nil
    }

    /// Keys of old have a scheme and a path.
    private static func bareHost(_ key: String) -> String {
        var rest = Substring(key)
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
        return String(rest.prefix { $0 != "/" }).lowercased()
    }
}
