/// Paths inside an image.
enum FolderPath {
    /// Absolute and without `.`, `..` and doubled slashes; nil when it hangs on a variable.
    static func resolve(_ path: String, in folder: String?) -> String? {
        guard !path.contains("$"), !path.contains("\\") else { return nil }
        var parts: [Substring] = []
        if !path.hasPrefix("/") {
            guard let folder else { return nil }
            parts = folder.split(separator: "/")
        }
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Whether one is the other or lies in it.
    static func overlap(_ one: String, _ other: String) -> Bool {
        isInside(one, other) || isInside(other, one)
    }

    /// Whether the path is the folder or lies in it.
    static func isInside(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    /// Whether no package of a distribution puts files there, nor do its tools read there: the places where
    /// applications live.
    static func isOfApplication(_ path: String) -> Bool {
        if path.hasPrefix("/usr/src/") { return true }
        let top = path.split(separator: "/").first.map(String.init) ?? ""
        let ofSystem: Set = [
            "", "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "opt", "proc", "root", "run", "sbin",
            "sys", "tmp", "usr", "var",
        ]
        return !ofSystem.contains(top)
    }
}
