import Dockerfile

/// RUN instructions that do nothing but work with the system's package manager on named packages, so that files copied
/// to an application's own folder cannot matter to them.
enum SystemInstall {
    private static let verbs: [String: Set<String>] = [
        "apt-get": [
            "update", "install", "upgrade", "dist-upgrade", "clean", "autoclean", "autoremove", "remove", "purge",
        ],
        "apt": ["update", "install", "upgrade", "full-upgrade", "clean", "autoremove", "remove", "purge"],
        "apk": ["update", "add", "upgrade", "del"],
        "dnf": ["install", "update", "upgrade", "clean", "makecache", "remove"],
        "yum": ["install", "update", "upgrade", "clean", "makecache", "remove"],
        "microdnf": ["install", "update", "upgrade", "clean", "remove"],
    ]
    /// What such a RUN may delete.
    private static let cachePaths: Set<String> = [
        "/var/lib/apt/lists", "/var/lib/apt/lists/", "/var/lib/apt/lists/*", "/var/cache/apk/*", "/var/cache/apk",
        "/var/cache/apt/*", "/var/cache/apt/archives/*", "/var/cache/apt", "/var/cache/dnf", "/var/cache/dnf/*",
        "/var/cache/yum", "/var/cache/yum/*",
    ]

    /// Why the RUN may do more than install named packages; nil when it does nothing else.
    static func doubt(of run: Instruction) -> String? {
        if run.flags.contains(where: { $0.name != "mount" }) { return "it has options beside --mount" }
        if run.mounts.contains(where: { $0["type"] != "cache" && $0["type"] != "secret" }) {
            return "it mounts more than caches"
        }
        let script = run.script
        if !script.isPlain || script.commands.isEmpty { return "its script is more than simple commands" }
        return script.commands.lazy.compactMap(doubt).first
    }

    private static func doubt(of command: [String]) -> String? {
        let program = command[0]
        if program == "set" || program == "true" || program == ":" { return nil }
        if program == "rm" {
            let paths = command.dropFirst().filter { !$0.hasPrefix("-") }
            return paths.allSatisfy(cachePaths.contains) ? nil : "it removes \(paths.joined(separator: " "))"
        }
        guard let verbs = verbs[program] else { return "it runs \(program), which may read any file" }
        let words = command.dropFirst().filter { !$0.hasPrefix("-") }
        guard let verb = words.first, verbs.contains(verb) else {
            return "it runs \(program) in a way that is not known"
        }
        if let word = command.dropFirst().first(where: { !isNamed($0) }) {
            return "\(word) may name a file"
        }
        return nil
    }

    /// An option or a package with a version, but no path and no pattern.
    private static func isNamed(_ word: String) -> Bool {
        let isFile = [".deb", ".rpm", ".apk"].contains { word.hasSuffix($0) }
        return !isFile
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-+._:=~@,".contains($0))
            }
    }
}
