import Foundation

/// The account that the server runs as: our own, or, when we are root, an unprivileged one.
struct EmbeddedServerAccount: Equatable {
    var user: uid_t
    var group: gid_t
    /// What `setpriv` has to be told; nil for our own account.
    var name: String?

    /// The account for a server in a folder. A cluster that is there already keeps its owner.
    static func forServer(in data: URL) throws -> EmbeddedServerAccount {
        guard geteuid() == 0 else { return EmbeddedServerAccount(user: geteuid(), group: getegid(), name: nil) }
        var status = stat()
        if stat(data.path, &status) == 0, status.st_uid != 0, let owner = getpwuid(status.st_uid) {
            return EmbeddedServerAccount(owner.pointee)
        }
        for candidate in ["postgres", "nobody", "daemon"] {
            if let entry = getpwnam(candidate), entry.pointee.pw_uid != 0 {
                return EmbeddedServerAccount(entry.pointee)
            }
        }
        throw EmbeddedServerError.noAccount
    }

    private init(user: uid_t, group: gid_t, name: String?) {
        self.user = user
        self.group = group
        self.name = name
    }

    private init(_ entry: passwd) {
        self.init(user: entry.pw_uid, group: entry.pw_gid, name: entry.pw_name.map { String(cString: $0) })
    }

    /// The command line that runs a program as this account. Throws when there is no program to change accounts with.
    func command(_ program: String, _ arguments: [String]) throws -> [String] {
        guard let name else { return [program] + arguments }
        let folders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        func find(_ tool: String) -> String? {
            folders.map { $0 + "/" + tool }.first { access($0, X_OK) == 0 }
        }
        if let setpriv = find("setpriv") {
            return [
                setpriv, "--reuid=\(user)", "--regid=\(group)", "--init-groups", "--inh-caps=-all", "--", program,
            ] + arguments
        }
        if let runuser = find("runuser") { return [runuser, "-u", name, "--", program] + arguments }
        throw EmbeddedServerError.unusableFolder(
            folder: folders[0], reason: "there is neither setpriv nor runuser to run PostgreSQL as \(name)",
            nextStep: "install util-linux, or give a server with --database")
    }
}
