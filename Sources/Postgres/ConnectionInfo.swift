import CLibPQ
import Foundation

/// Texts that must not appear in anything that people or files get to see.
struct Secrets: Sendable {
    private var values: [String] = []

    mutating func add(_ value: String) {
        guard !value.isEmpty else { return }
        values.append(value)
        let encoded = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        if let encoded, encoded != value { values.append(encoded) }
    }

    /// The text with every secret replaced by stars.
    func redacted(_ text: String) -> String {
        values.reduce(text) { $0.replacingOccurrences(of: $1, with: "***") }
    }
}

/// A connection string as libpq reads it: a URL or keywords and values (PostgreSQL manual, 34.1.1).
struct ConnectionInfo: Sendable {
    let text: String
    private(set) var secrets = Secrets()
    private var options: [String: String] = [:]

    /// Throws `connectionFailed` when the text is no connection string. What is wrong with it is not said in libpq's
    /// words: they quote the part that cannot be read, and that may be a password.
    init(_ text: String) throws {
        self.text = text
        guard let parsed = PQconninfoParse(text, nil) else {
            throw PostgresError(
                .connectionFailed, "the database URL cannot be read",
                hint: "write it as postgresql://user:password@host:5432/database, and special characters in it as %XX")
        }
        defer { PQconninfoFree(parsed) }
        var option = parsed
        while let keyword = option.pointee.keyword {
            defer { option += 1 }
            guard let value = option.pointee.val else { continue }
            options[String(cString: keyword)] = String(cString: value)
            // libpq marks the options whose values are to be hidden with a star.
            if let display = option.pointee.dispchar, display[0] == CChar(bitPattern: UInt8(ascii: "*")) {
                secrets.add(String(cString: value))
            }
        }
        if let password = ProcessInfo.processInfo.environment["PGPASSWORD"] { secrets.add(password) }
    }

    /// Seconds that one host has to answer; libpq's own option, 30 when it is not given. Zero or less is without end.
    var secondsToConnect: Double? {
        let given = options["connect_timeout"] ?? ProcessInfo.processInfo.environment["PGCONNECT_TIMEOUT"]
        guard let seconds = given.flatMap({ Double($0) }) else { return 30 }
        return seconds > 0 ? max(seconds, 2) : nil
    }

    /// How many hosts are named; they are tried one after another.
    var hosts: Int { (options["host"] ?? options["hostaddr"] ?? "").split(separator: ",").count }

    /// Where it leads, without any secret: `host:port/database`.
    var place: String {
        let host = options["host"] ?? options["hostaddr"] ?? "localhost"
        let port = options["port"].map { ":\($0)" } ?? ""
        return secrets.redacted(host + port + "/" + (options["dbname"] ?? options["user"] ?? ""))
    }
}

/// Where a database URL leads, as `host:port/database`, without user and password: for logs and messages.
/// Throws ``PostgresError`` when the text is no connection string.
package func postgresPlace(of url: String) throws -> String { try ConnectionInfo(url).place }
