import Foundation
import ImageModel
import NIOHTTP1

/// A conversation with an engine: its kind and version are known, and every path carries the version.
struct EngineSession: Sendable {
    let client: EngineClient
    let identity: EngineIdentity
    /// The Engine API version that both sides speak.
    let version: EngineVersion
    /// What goes before every path: `/v1.41`, or `/v4.3.1/libpod`.
    let prefix: String
    /// Docker's data folder, as the engine names it; empty when it does not.
    let rootFolder: String

    var isPodman: Bool {
        if case .containersStorage = identity.store { true } else { false }
    }

    private struct Version: Decodable {
        var version: String?
        var apiVersion: String?

        enum CodingKeys: String, CodingKey {
            case version = "Version"
            case apiVersion = "ApiVersion"
        }
    }

    private struct Info: Decodable {
        var driver: String?
        var driverStatus: [[String]]?
        var rootFolder: String?

        enum CodingKeys: String, CodingKey {
            case driver = "Driver"
            case driverStatus = "DriverStatus"
            case rootFolder = "DockerRootDir"
        }
    }

    private struct PodmanInfo: Decodable {
        struct Store: Decodable { var graphDriverName: String? }
        struct Release: Decodable {
            var version: String?
            enum CodingKeys: String, CodingKey { case version = "Version" }
        }

        var store: Store?
        var version: Release?
    }

    /// Finds out what answers, and agrees on a version. Throws ``EngineError`` or `CancellationError`.
    static func open(_ client: EngineClient) async throws -> EngineSession {
        let ping: EngineAnswer
        do {
            ping = try await client.get("/_ping", limit: 64 << 10)
        } catch let error as EngineError where error.isNotFound {
            throw notAnEngine(client)
        }
        if let libpod = ping.headers.first(name: "libpod-api-version"), !libpod.isEmpty {
            return try await openPodman(client, version: libpod)
        }
        guard let told = ping.headers.first(name: "api-version"), let theirs = EngineVersion(told) else {
            // Engines before 1.25 tell their version nowhere else.
            return try await openDocker(client, version: try await unversioned(client))
        }
        do {
            return try await openDocker(client, version: theirs)
        } catch let error as EngineError where error.reason == .status(400) {
            // Something between us and the engine tells another version than the engine takes.
            let version = try await unversioned(client)
            guard version != min(theirs, .newest) else { throw error }
            return try await openDocker(client, version: version)
        }
    }

    private static func unversioned(_ client: EngineClient) async throws -> EngineVersion {
        let answer: Version
        do {
            answer = try await client.get(Version.self, "/version", limit: 1 << 20)
        } catch let error as EngineError where error.isNotFound || error.reason == .malformed {
            throw notAnEngine(client)
        }
        guard let version = answer.apiVersion.flatMap({ EngineVersion($0) }) else { throw notAnEngine(client) }
        return version
    }

    private static func openDocker(_ client: EngineClient, version theirs: EngineVersion) async throws -> Self {
        guard theirs >= .oldest else {
            throw EngineError(
                .version, client.endpoint.location, "speaks API \(theirs), and \(EngineVersion.oldest) is needed",
                hint: "update the engine")
        }
        let version = min(theirs, EngineVersion.newest)
        let prefix = "/v\(version)"
        let told = try await client.get(Version.self, prefix + "/version", limit: 1 << 20)
        let info = try await client.get(Info.self, prefix + "/info", limit: 16 << 20)
        let driver = clean(info.driver, or: "unknown driver")
        // moby, daemon/containerd/service.go, LayerStoreStatus.
        let isContainerd = (info.driverStatus ?? []).contains { $0 == ["driver-type", "io.containerd.snapshotter.v1"] }
        return EngineSession(
            client: client,
            identity: EngineIdentity(
                name: "Docker Engine", release: release(told.version),
                store: isContainerd ? .containerd(driver) : .graphDriver(driver)),
            version: version, prefix: prefix, rootFolder: info.rootFolder ?? "")
    }

    private static func openPodman(_ client: EngineClient, version: String) async throws -> Self {
        // A release candidate's version (5.0.0-rc1) is no valid path.
        let number = version.prefix { $0.isNumber || $0 == "." }
        guard let major = Int(number.prefix { $0 != "." }), major >= 4 else {
            throw EngineError(
                .version, client.endpoint.location, "is Podman \(quoted(version)), and 4.0 is needed",
                hint: "update Podman")
        }
        let prefix = "/v\(number)/libpod"
        let info = try await client.get(PodmanInfo.self, prefix + "/info", limit: 16 << 20)
        return EngineSession(
            client: client,
            identity: EngineIdentity(
                name: "Podman", release: release(info.version?.version ?? version),
                store: .containersStorage(clean(info.store?.graphDriverName, or: "unknown driver"))),
            version: .oldest, prefix: prefix, rootFolder: "")
    }

    private static func notAnEngine(_ client: EngineClient) -> EngineError {
        EngineError(
            .notAnEngine, client.endpoint.location, "answers, but not as Docker or Podman do", hint: "check the address"
        )
    }

    /// A release without build metadata: `20.10.24+dfsg1` is 20.10.24.
    private static func release(_ text: String?) -> String {
        clean(text.map { String($0.prefix { $0 != "+" }) }, or: "of unknown version")
    }

    private static func clean(_ text: String?, or missing: String) -> String {
        let kept = (text ?? "").prefix(100).filter { $0.isASCII && $0 > " " && $0 != "\u{7F}" }
        return kept.isEmpty ? missing : kept
    }
}
