import Foundation

/// Makes and checks folders that nobody but one account may enter.
struct EmbeddedServerFolder {
    var path: String

    init(_ url: URL) { path = url.path }

    private func status() -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Makes the folder, with those that lead to it, if it is not there.
    func create() throws {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        // Where root makes the way, the server's account has to pass it.
        let leading: [FileAttributeKey: Any] = [.posixPermissions: geteuid() == 0 ? 0o755 : 0o700]
        do {
            try FileManager.default.createDirectory(
                at: parent, withIntermediateDirectories: true, attributes: leading)
        } catch {
            throw EmbeddedServerFolder.unusable(path, "it cannot be made (\(error.localizedDescription))")
        }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw EmbeddedServerFolder.failed(path, errno) }
    }

    /// Makes the folder private to an account, and refuses one that belongs to somebody else or is a link.
    func makePrivate(to account: EmbeddedServerAccount) throws {
        if status() == nil {
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw EmbeddedServerFolder.failed(path, errno) }
        }
        guard let status = status(), status.st_mode & S_IFMT == S_IFDIR else {
            throw EmbeddedServerFolder.unusable(path, "it is no folder")
        }
        guard status.st_uid == account.user || status.st_uid == geteuid() else {
            throw EmbeddedServerFolder.unusable(path, "it belongs to another account (\(status.st_uid))")
        }
        if status.st_uid != account.user, chown(path, account.user, account.group) != 0 {
            throw EmbeddedServerFolder.failed(path, errno)
        }
        if status.st_mode & 0o7777 != 0o700, chmod(path, 0o700) != 0 { throw EmbeddedServerFolder.failed(path, errno) }
    }

    /// Lets an account's group pass through the folder, and nobody else; only needed when we are root.
    func letPass(_ account: EmbeddedServerAccount) throws {
        guard geteuid() == 0, let status = status(), status.st_mode & 0o001 == 0 else { return }
        guard status.st_uid != account.user, status.st_gid != account.group || status.st_mode & 0o010 == 0 else {
            return
        }
        guard status.st_uid == 0, chown(path, 0, account.group) == 0 else { return }
        if chmod(path, (status.st_mode & 0o700) | 0o010) != 0 { throw EmbeddedServerFolder.failed(path, errno) }
    }

    /// The first folder on the way that an account cannot pass; nil when there is none.
    func barrier(for account: EmbeddedServerAccount) -> String? {
        var folders: [String] = []
        var folder = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        while folder.path != "/" {
            folders.append(folder.path)
            folder = folder.deletingLastPathComponent()
        }
        return folders.reversed().first { folder in
            var status = stat()
            guard stat(folder, &status) == 0 else { return true }
            if status.st_uid == account.user { return status.st_mode & 0o100 == 0 }
            if status.st_gid == account.group { return status.st_mode & 0o010 == 0 }
            return status.st_mode & 0o001 == 0
        }
    }

    /// Bytes that are free for those who are not root.
    var freeBytes: Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }

    static func unusable(_ path: String, _ reason: String) -> EmbeddedServerError {
        .unusableFolder(folder: path, reason: reason, nextStep: "choose another folder with LAYERSCOPE_HOME")
    }

    static func failed(_ path: String, _ code: Int32) -> EmbeddedServerError {
        if code == ENOSPC || code == EDQUOT {
            let free = EmbeddedServerFolder(URL(fileURLWithPath: path).deletingLastPathComponent()).freeBytes ?? 0
            return .diskFull(folder: path, freeBytes: free, neededBytes: EmbeddedServer.bytesToStart)
        }
        return unusable(path, String(cString: strerror(code)))
    }
}
