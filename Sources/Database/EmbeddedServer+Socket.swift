import Foundation

extension EmbeddedServer {
    /// The longest name that a Unix socket can have, without the zero byte (unix(7)).
    static let longestSocketName = 107

    /// The folder of the socket: in the server's own folder, or, when its name would be too long for a socket or has
    /// characters that PostgreSQL's list of folders cannot hold, a short private one.
    var socketFolder: URL {
        let own = folder.appending(path: "socket")
        let name = own.appending(path: ".s.PGSQL.\(port)").path
        // PostgreSQL makes a lock file beside it, named `.lock` behind the same name, which is no socket.
        let isPlain = !name.contains { ",\"\n".contains($0) }
        if name.utf8.count <= EmbeddedServer.longestSocketName, isPlain { return own }
        return URL(fileURLWithPath: "/tmp/layerscope-\(shortName)")
    }

    /// The folder's path as 16 hexadecimal digits (FNV-1a, 64 bits): the same for every process.
    private var shortName: String {
        let hash = folder.path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
