import Foundation

/// The programs of one installed PostgreSQL.
struct EmbeddedServerBinaries: Equatable {
    /// The folder with `postgres` and `initdb`.
    var folder: String
    /// The major version, as in a cluster's `PG_VERSION`: `15`.
    var version: String

    var postgres: String { folder + "/postgres" }
    var initdb: String { folder + "/initdb" }

    /// The oldest major version that we work with.
    static let oldest = 13

    /// The programs for a cluster: of its version, or the newest when there is no cluster yet.
    ///
    /// `LAYERSCOPE_POSTGRES_BIN` alone counts when it is set; else Debian's and Red Hat's folders and PATH.
    static func find(
        for version: String?, in folder: URL, environment: [String: String]
    ) async throws -> EmbeddedServerBinaries {
        let folders = candidates(environment)
        var found: [EmbeddedServerBinaries] = []
        for candidate in folders {
            if let binaries = try await EmbeddedServerBinaries(at: candidate) { found.append(binaries) }
        }
        guard !found.isEmpty else {
            throw EmbeddedServerError.missingBinaries(
                searched: environment["LAYERSCOPE_POSTGRES_BIN"].map { [$0] } ?? ["/usr/lib/postgresql", "PATH"])
        }
        guard let version else {
            let usable = found.filter { (Int($0.version) ?? 0) >= oldest }
            guard let newest = usable.max(by: { (Int($0.version) ?? 0) < (Int($1.version) ?? 0) }) else {
                throw EmbeddedServerError.missingBinaries(searched: found.map(\.folder))
            }
            return newest
        }
        guard let match = found.first(where: { $0.version == version }) else {
            throw EmbeddedServerError.wrongVersion(
                folder: folder.path, version: version, installed: found.map(\.version))
        }
        return match
    }

    /// Nil when the folder has no server in it.
    private init?(at folder: String) async throws {
        guard access(folder + "/postgres", X_OK) == 0, access(folder + "/initdb", X_OK) == 0 else { return nil }
        self.folder = folder
        let program = EmbeddedServerProgram(command: [folder + "/postgres", "--version"])
        let (status, output) = try await program.run()
        // `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`
        guard status == 0, let word = output.split(separator: " ").first(where: { $0.first?.isNumber == true }) else {
            return nil
        }
        version = String(word.prefix { $0.isNumber })
    }

    private static func candidates(_ environment: [String: String]) -> [String] {
        if let given = environment["LAYERSCOPE_POSTGRES_BIN"], !given.isEmpty { return [given] }
        let debian = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let versions = debian.filter { Int($0) != nil }.map { "/usr/lib/postgresql/\($0)/bin" }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        var seen = Set<String>()
        return (versions + ["/usr/pgsql/bin", "/usr/local/pgsql/bin"] + path).filter { seen.insert($0).inserted }
    }
}
