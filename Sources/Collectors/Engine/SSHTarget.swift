import ImageModel

/// An engine on another machine, reached through `ssh` (docker/cli, cli/connhelper; `docker system dial-stdio`).
package struct SSHTarget: Hashable, Sendable {
    /// The program on the other machine that passes the engine's socket through its input and output.
    package enum Program: String, Hashable, Sendable {
        case docker
        case podman
    }

    package var user: String?
    package var host: String
    package var port: Int?
    /// The engine's socket on the other machine; nil for the one that the program there uses.
    package var socket: String?
    package var program: Program
    /// The `ssh` to use: a name that is looked up in PATH, or a path.
    package var client = "ssh"

    package init(user: String? = nil, host: String, port: Int? = nil, socket: String? = nil, program: Program = .docker)
    {
        self.user = user
        self.host = host
        self.port = port
        self.socket = socket
        self.program = program
    }

    package var location: String {
        "ssh://" + (user.map { $0 + "@" } ?? "") + bracketed(host) + (port.map { ":\($0)" } ?? "") + (socket ?? "")
    }

    /// What `ssh` is called with.
    package var arguments: [String] {
        var arguments = ["-o", "ConnectTimeout=30", "-o", "BatchMode=yes"]
        if let user { arguments += ["-l", user] }
        if let port { arguments += ["-p", String(port)] }
        return arguments + ["-T", "--", host, command]
    }

    /// The command for the other machine's shell.
    private var command: String {
        let option = program == .docker ? "--host" : "--url"
        let place = socket.map { " \(option)=\(Self.shellQuoted("unix://" + $0))" } ?? ""
        return "\(program.rawValue)\(place) system dial-stdio"
    }

    private static func shellQuoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// Parses what follows `ssh://`. Throws ``EngineError`` for a password, a query or a fragment.
    static func parse(_ rest: String, program: Program) throws(EngineError) -> SSHTarget {
        guard !rest.contains("?"), !rest.contains("#") else {
            throw EngineError(.configuration, "engine address", "ssh:// takes no query and no fragment")
        }
        let authority = rest.prefix { $0 != "/" }
        let path = String(rest[authority.endIndex...])
        var place = String(authority)
        var user: String?
        if let at = authority.lastIndex(of: "@") {
            let name = authority[..<at]
            guard !name.contains(":") else {
                throw EngineError(
                    .configuration, "engine address", "ssh:// takes no password", hint: "use a key or an agent")
            }
            user = name.isEmpty ? nil : String(name)
            place = String(authority[authority.index(after: at)...])
        }
        let (host, port) = try EngineEndpoint.split(place)
        // `ssh` reads a host or user that begins with a hyphen as an option.
        guard !host.isEmpty, !host.hasPrefix("-"), user?.hasPrefix("-") != true else {
            throw EngineError(.configuration, "engine address", "ssh://\(quoted(place)) has no usable host")
        }
        return SSHTarget(
            user: user, host: host, port: port, socket: path.isEmpty || path == "/" ? nil : path, program: program)
    }
}
