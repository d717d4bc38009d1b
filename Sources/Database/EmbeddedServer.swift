package import Foundation

/// PostgreSQL of our own: a private cluster in a folder, reached only through a Unix socket in it.
///
/// Made on first use, started when needed, left running, found again by the next process. Nobody but its owner can
/// enter the folder; inside it every local connection is trusted.
package struct EmbeddedServer: Sendable {
    /// The folder that everything of the server lies in: `data`, `server.log`, `socket`.
    package let folder: URL
    /// Where programs were told to keep their data: `LAYERSCOPE_HOME`.
    package let home: URL
    let environment: [String: String]
    /// Settings beside our own, for `postgresql.conf`.
    let settings: [String: String]

    /// The embedded server under a home folder.
    ///
    /// - Parameters:
    ///   - home: the folder; nil takes ``defaultHome(environment:)``.
    ///   - settings: settings of PostgreSQL to be used beside our own.
    package init(
        home: URL? = nil, settings: [String: String] = [:],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let home = home ?? EmbeddedServer.defaultHome(environment: environment)
        self.home = home.standardizedFileURL
        self.environment = environment
        self.settings = settings
        folder = self.home.appending(path: "postgres")
    }

    /// `LAYERSCOPE_HOME`, or `layerscope` in the XDG data folder (XDG Base Directory Specification 0.8). Root's own
    /// home is closed to the account that the server runs as, so for root the default is `/var/lib/layerscope`.
    package static func defaultHome(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        if let given = environment["LAYERSCOPE_HOME"], !given.isEmpty { return URL(fileURLWithPath: given) }
        // The specification: a path that is not absolute is to be ignored.
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
            return URL(fileURLWithPath: data).appending(path: "layerscope")
        }
        if geteuid() == 0 { return URL(fileURLWithPath: "/var/lib/layerscope") }
        let user = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        return URL(fileURLWithPath: user).appending(path: ".local/share/layerscope")
    }

    var data: URL { folder.appending(path: "data") }
    var log: URL { folder.appending(path: "server.log") }

    /// Connection string of the role `layerscope`, which owns the database `layerscope`.
    package var url: String { url(role: EmbeddedServer.ownerRole) }
    /// Connection string of the role `layerscope_reader`, which may read what it was granted and nothing else.
    package var readerURL: String { url(role: EmbeddedServer.readerRole) }
    /// Connection string of the superuser, for what neither of the others may do.
    package var adminURL: String { url(role: EmbeddedServer.adminRole, database: "postgres") }

    package static let ownerRole = "layerscope"
    package static let readerRole = "layerscope_reader"
    static let adminRole = "layerscope_admin"
    static let database = "layerscope"

    /// Connection string of a role for a database of this server.
    package func url(role: String, database: String = EmbeddedServer.database) -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
        let host = socketFolder.path.addingPercentEncoding(withAllowedCharacters: allowed) ?? socketFolder.path
        return "postgresql:///\(database)?host=\(host)&port=\(port)&user=\(role)"
    }

    /// A part of the socket's name; a port only for a server that was set to listen.
    var port: String { settings["port"] ?? "5432" }
}
