/// A command that installs what an application needs from a list in its sources.
struct DependencyInstall: Equatable {
    var tool: String
    /// Files that it reads, as patterns of COPY.
    var manifests: [String]
    /// What may make it need more than those files.
    var caveat: String?
    /// Whether those files are known to be enough.
    var isEnough = true

    /// Nil for any other command.
    init?(_ command: [String]) {
        let words = command.dropFirst().filter { !$0.hasPrefix("-") }
        let verb = words.first ?? ""
        let scripts = "no install script reads other sources, and .dockerignore names node_modules"
        switch command[0] {
        case "npm":
            guard ["ci", "install", "i"].contains(verb), words.count == 1, !Self.isGlobal(command) else { return nil }
            self.init(tool: "npm", manifests: ["package.json", "package-lock.json*"], caveat: scripts)
        case "yarn":
            guard ["", "install"].contains(verb), words.count <= 1 else { return nil }
            self.init(tool: "yarn", manifests: ["package.json", "yarn.lock"], caveat: scripts)
        case "pnpm":
            guard ["i", "install"].contains(verb), words.count == 1 else { return nil }
            self.init(tool: "pnpm", manifests: ["package.json", "pnpm-lock.yaml"], caveat: scripts)
        case "pip", "pip3":
            guard verb == "install", let list = Self.requirements(command) else { return nil }
            self.init(tool: "pip", manifests: [list], caveat: "\(list) names no other file of the sources")
        case "poetry":
            guard verb == "install" else { return nil }
            self.init(
                tool: "poetry", manifests: ["pyproject.toml", "poetry.lock*"],
                caveat: command.contains("--no-root") ? nil : "the project itself is not installed (--no-root)",
                isEnough: command.contains("--no-root"))
        case "bundle":
            guard verb == "install" || words.isEmpty else { return nil }
            self.init(
                tool: "bundler", manifests: ["Gemfile", "Gemfile.lock*"], caveat: "the Gemfile names no local gem")
        case "go":
            guard words.prefix(2) == ["mod", "download"] else { return nil }
            self.init(tool: "go", manifests: ["go.mod", "go.sum*"], caveat: "go.mod replaces no module by a local one")
        case "cargo":
            guard ["fetch", "build"].contains(verb) else { return nil }
            self.init(
                tool: "cargo", manifests: ["Cargo.toml", "Cargo.lock*"],
                caveat: "cargo finds a target beside Cargo.toml, such as an empty src/main.rs", isEnough: false)
        case "mvn":
            guard let goal = words.first(where: { $0.hasPrefix("dependency:") }), words.count == 1 else { return nil }
            guard ["dependency:go-offline", "dependency:resolve"].contains(goal) else { return nil }
            self.init(tool: "maven", manifests: ["pom.xml"], caveat: "the project has one module")
        case "composer":
            guard verb == "install" else { return nil }
            let isEnough = command.contains("--no-scripts") && command.contains("--no-autoloader")
            self.init(
                tool: "composer", manifests: ["composer.json", "composer.lock*"],
                caveat: isEnough ? nil : "it runs with --no-scripts --no-autoloader", isEnough: isEnough)
        default: return nil
        }
    }

    private init(tool: String, manifests: [String], caveat: String?, isEnough: Bool = true) {
        self.tool = tool
        self.manifests = manifests
        self.caveat = caveat
        self.isEnough = isEnough
    }

    private static func isGlobal(_ command: [String]) -> Bool {
        command.contains("-g") || command.contains("--global")
    }

    /// The only list of `pip install -r LIST`, when it installs nothing else from the sources.
    private static func requirements(_ command: [String]) -> String? {
        var lists: [String] = []
        var words = command.dropFirst(2).makeIterator()
        while let word = words.next() {
            if word == "-r" || word == "--requirement" {
                guard let list = words.next() else { return nil }
                lists.append(list)
            } else if word == "-e" || word == "." || word.hasPrefix("./") {
                return nil
            }
        }
        guard lists.count == 1, let list = lists.first, !list.hasPrefix("/"), !list.contains("$") else { return nil }
        return list.hasPrefix("./") ? String(list.dropFirst(2)) : list
    }

    /// Whether a file of this name is one of the manifests.
    func needs(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return manifests.contains { pattern in
            let plain = pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern
            let wanted = plain.split(separator: "/").last.map(String.init) ?? plain
            return name == wanted || name.contains("*") && name.hasPrefix(wanted.prefix(4))
        }
    }
}
