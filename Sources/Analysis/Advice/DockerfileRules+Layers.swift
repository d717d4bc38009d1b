import Dockerfile
import Figures

extension DockerfileRules {
    // MARK: Layers that write what others wrote

    /// RUNs that remove or change what an earlier layer of the same stage wrote.
    func laterLayers(_ instructions: [Instruction]) -> [DockerfileAdvice] {
        let dependencies = StageDependencies(instructions)
        var found: [DockerfileAdvice] = []
        for (index, run) in instructions.enumerated() where run.keyword == "RUN" {
            for command in run.script.commands {
                switch command[0] {
                case "rm": found += removed(command, by: index, instructions, dependencies)
                case "chown", "chmod": found += changed(command, by: index, instructions, dependencies)
                default: break
                }
            }
        }
        return found
    }

    private func removed(
        _ command: [String], by index: Int, _ instructions: [Instruction], _ dependencies: StageDependencies
    ) -> [DockerfileAdvice] {
        for word in command.dropFirst() where !word.hasPrefix("-") {
            let plain = word.hasSuffix("/*") ? String(word.dropLast(2)) : word
            guard !plain.contains(where: { "*?[".contains($0) }),
                let path = FolderPath.resolve(plain, in: dependencies.folder(index)), path != "/"
            else { continue }
            // What the RUN makes itself it may remove.
            if makes(path, instructions[index], isOwn: true) { continue }
            let writer = instructions[..<index].indices.last { earlier in
                switch instructions[earlier].keyword {
                case "COPY", "ADD": dependencies.destination(earlier).map { FolderPath.isInside($0, path) } ?? false
                case "RUN": makes(path, instructions[earlier], isOwn: false)
                default: false
                }
            }
            guard let writer else { continue }
            let line = instructions[writer].lines.lowerBound
            return [
                DockerfileAdvice(
                    rule: .removedInLaterLayer, lines: instructions[index].lines,
                    reason: "\(path) was written by the layer of line \(line): removing it here frees nothing",
                    advice: instructions[writer].keyword == "RUN"
                        ? "remove it in the RUN of line \(line)"
                        : "do not copy it, or mount it for the RUN that needs it (RUN --mount=type=bind)")
            ]
        }
        return []
    }

    /// Whether a RUN is known to write to a path and to leave it there.
    private func makes(_ path: String, _ run: Instruction, isOwn: Bool) -> Bool {
        let commands = run.script.commands
        if !isOwn, commands.contains(where: { $0[0] == "rm" && $0.contains { $0.hasPrefix(path) } }) { return false }
        // A cache mount is no layer.
        if run.mounts.contains(where: { ($0["target"] ?? $0["dst"]).map { FolderPath.overlap($0, path) } ?? false }) {
            return false
        }
        if path == "/var/lib/apt/lists" {
            return commands.contains { ["apt-get", "apt"].contains($0[0]) && $0.contains("update") }
        }
        return commands.contains { command in
            switch command[0] {
            case "curl": Self.argument(of: ["-o", "--output"], command) == path
            case "wget": Self.argument(of: ["-O", "--output-document"], command) == path
            case "git": command.contains("clone") && command.last == path
            case "mkdir", "cp", "mv", "touch": command.last == path
            case "unzip": Self.argument(of: ["-d"], command) == path
            default: false
            }
        }
    }

    private static func argument(of options: Set<String>, _ command: [String]) -> String? {
        guard let place = command.firstIndex(where: { options.contains($0) }), place + 1 < command.count else {
            return command.first {
                $0.hasPrefix("-") && !$0.hasPrefix("--") && options.contains("-" + String($0.suffix(1)))
            }
            .flatMap { option in command.firstIndex(of: option) }
            .flatMap { $0 + 1 < command.count ? command[$0 + 1] : nil }
        }
        return command[place + 1]
    }

    private func changed(
        _ command: [String], by index: Int, _ instructions: [Instruction], _ dependencies: StageDependencies
    ) -> [DockerfileAdvice] {
        let options = command.dropFirst().filter { $0.hasPrefix("-") }
        guard options.contains(where: { $0 == "--recursive" || !$0.hasPrefix("--") && $0.contains("R") }) else {
            return []
        }
        let words = command.dropFirst().filter { !$0.hasPrefix("-") }
        guard words.count >= 2 else { return [] }
        for word in words.dropFirst() {
            guard let path = FolderPath.resolve(word, in: dependencies.folder(index)) else { continue }
            let copy = instructions[..<index].indices.last { earlier in
                ["COPY", "ADD"].contains(instructions[earlier].keyword)
                    && dependencies.destination(earlier).map { FolderPath.isInside($0, path) } ?? false
            }
            guard let copy else { continue }
            let line = instructions[copy].lines.lowerBound
            return [
                DockerfileAdvice(
                    rule: .ownershipChangedLater, lines: instructions[index].lines,
                    reason: "\(command[0]) writes every file that line \(line) copied to \(path) into a second layer",
                    advice: "\(instructions[copy].keyword) --\(command[0])=\(words[words.startIndex]) in line \(line)")
            ]
        }
        return []
    }

    // MARK: What installs leave

    /// Lists and downloads of package managers that stay in the layer.
    func cachesLeft(_ run: Instruction) -> [DockerfileAdvice] {
        guard !run.mounts.contains(where: { $0["type"] == "cache" }) else { return [] }
        let commands = run.script.commands
        func runs(_ program: String, _ verb: String) -> Bool {
            commands.contains { $0[0] == program && $0.contains(verb) }
        }
        func removes(_ path: String) -> Bool {
            commands.contains { $0[0] == "rm" && $0.contains { $0.hasPrefix(path) } }
        }
        func advice(_ reason: String, _ advice: String) -> [DockerfileAdvice] {
            [DockerfileAdvice(rule: .packageCacheLeft, lines: run.lines, reason: reason, advice: advice)]
        }
        if runs("apt-get", "update") || runs("apt", "update"), !removes("/var/lib/apt") {
            return advice(
                "the package lists stay in the layer", "rm -rf /var/lib/apt/lists/* at the end of the same RUN")
        }
        if runs("apk", "add"), !removes("/var/cache/apk"),
            commands.contains(where: { $0[0] == "apk" && $0.contains("add") && !$0.contains("--no-cache") })
        {
            return advice("apk's index stays in the layer", "apk add --no-cache")
        }
        for tool in ["dnf", "yum", "microdnf"] where runs(tool, "install") {
            if !runs(tool, "clean"), !removes("/var/cache") {
                return advice("\(tool)'s downloads stay in the layer", "\(tool) clean all at the end of the same RUN")
            }
        }
        return []
    }

    /// Packages that only build.
    private static let tools: Set = [
        "build-essential", "build-base", "gcc", "g++", "clang", "llvm", "make", "cmake", "ninja-build", "meson",
        "autoconf", "automake", "libtool", "pkg-config", "pkgconf", "rustc", "cargo", "golang", "golang-go", "musl-dev",
    ]

    func buildTools(_ run: Instruction) -> [DockerfileAdvice] {
        let commands = run.script.commands
        let managers: Set = ["apt-get", "apt", "apk", "dnf", "yum", "microdnf"]
        let isRemoved = commands.contains { command in
            managers.contains(command[0])
                && command.contains { ["del", "purge", "remove", "autoremove", "erase"].contains($0) }
        }
        guard !isRemoved else { return [] }
        let packages = commands.filter { command in
            managers.contains(command[0]) && command.contains { $0 == "install" || $0 == "add" }
        }.joined().map { String($0.prefix { $0 != "=" && $0 != "~" && $0 != "<" && $0 != ">" }) }
        let found = packages.filter { name in
            !name.hasPrefix("-") && (Self.tools.contains(name) || name.hasSuffix("-dev") || name.hasSuffix("-devel"))
        }
        guard !found.isEmpty else { return [] }
        return [
            DockerfileAdvice(
                rule: .buildToolsLeft, lines: run.lines,
                reason: "by their names \(found.joined(separator: ", ")) only build, and they stay in the image",
                advice: "build in a stage of its own and COPY --from it what the image needs; keep them if programs of "
                    + "the image use them")
        ]
    }
}
