import Foundation

/// The server's process, as `postmaster.pid` in the data folder tells of it.
struct EmbeddedServerProcess: Equatable {
    var process: pid_t
    /// Whether it takes connections.
    var isReady: Bool

    /// What `postmaster.pid` says (PostgreSQL's src/include/utils/pidfile.h): process number in line 1, state in
    /// line 8. Nil when there is none, or the process is not the server of this folder: after a crash the file stays
    /// behind, and the number may belong to anybody.
    init?(in data: URL) {
        guard let text = try? String(contentsOf: data.appending(path: "postmaster.pid"), encoding: .utf8) else {
            return nil
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let number = lines.first.flatMap({ pid_t($0) }), number > 0 else { return nil }
        guard EmbeddedServerProcess.isServer(number, of: data) else { return nil }
        process = number
        isReady = lines.count > 7 && lines[7].hasPrefix("ready")
    }

    /// Whether a process is PostgreSQL at work in a data folder: its program's name is `postgres`, its working folder
    /// is the data folder, and it is not merely waiting to be taken off the table (proc(5)).
    static func isServer(_ process: pid_t, of data: URL) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The state follows the name, which is in parentheses.
            let end = status.lastIndex(of: ")"), status[..<end].hasSuffix("(postgres"),
            !status[end...].hasPrefix(") Z")
        else { return false }
        guard let folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd") else {
            return false
        }
        return folder == data.resolvingSymlinksInPath().path
    }

    /// Processes of a server whose first process was killed: they end by themselves when they notice, and until then
    /// no new server may touch the data.
    static func leftOver(in data: URL) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { isServer($0, of: data) }
    }

    /// Makes a stale `postmaster.pid` harmless without taking from it what PostgreSQL needs to find processes that
    /// still use the old shared memory: only the number in line 1 goes, since it may belong to somebody else by now.
    static func disarm(in data: URL) throws {
        let file = data.appending(path: "postmaster.pid")
        guard let text = try? String(contentsOf: file, encoding: .utf8), let end = text.firstIndex(of: "\n") else {
            return
        }
        // Above the largest number that Linux gives (2^22).
        let harmless = "99999999" + text[end...]
        guard let handle = FileHandle(forWritingAtPath: file.path) else {
            throw EmbeddedServerFolder.failed(file.path, errno)
        }
        defer { try? handle.close() }
        try handle.write(contentsOf: Data(harmless.utf8))
        try handle.truncate(atOffset: UInt64(harmless.utf8.count))
    }
}
