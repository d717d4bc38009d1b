import Dockerfile
import Figures

/// Rules that look at a Dockerfile alone. Each reports only what it can show from the text.
struct DockerfileRules {
    let dockerfile: Dockerfile
    /// The content of the `.dockerignore` beside the file; nil when there is none.
    let ignore: String?

    func findings() -> [DockerfileAdvice] {
        var found: [DockerfileAdvice] = []
        for (number, stage) in dockerfile.stages.enumerated() {
            let instructions = Array(dockerfile.instructions[stage.instructions])
            found += base(stage, number)
            for instruction in instructions {
                switch instruction.keyword {
                case "ADD": found += add(instruction)
                case "COPY": found += context(instruction)
                case "RUN": found += updateAlone(instruction) + cacheMount(instruction)
                default: break
                }
            }
            // What earlier stages leave behind does not reach the image.
            guard finalStages.contains(number) else { continue }
            found += laterLayers(instructions)
            for run in instructions where run.keyword == "RUN" { found += cachesLeft(run) + buildTools(run) }
        }
        return found
    }

    /// The last stage and the stages that it is based on: their layers are the image's.
    private var finalStages: Set<Int> {
        var found: Set<Int> = []
        var next = dockerfile.stages.indices.last
        while let number = next, found.insert(number).inserted { next = dockerfile.baseStage(of: number) }
        return found
    }

    // MARK: Single instructions

    private func base(_ stage: Stage, _ number: Int) -> [DockerfileAdvice] {
        let base = stage.base
        guard dockerfile.baseStage(of: number) == nil, base.lowercased() != "scratch", !base.contains("$"),
            !base.contains("@"), let from = stage.instructions.first
        else { return [] }
        let tag = base.split(separator: "/").last.flatMap { $0.split(separator: ":").dropFirst().first }
        guard tag == nil || tag == "latest" else { return [] }
        return [
            DockerfileAdvice(
                rule: .unpinnedBase, lines: dockerfile.instructions[from].lines,
                reason: "\(base) is another image each time its publisher moves it; then every step of the stage runs",
                advice: "name a version, or a digest as well")
        ]
    }

    private func add(_ add: Instruction) -> [DockerfileAdvice] {
        let sources = add.arguments.dropLast()
        let archives = [
            ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gz", ".xz", ".bz2",
        ]
        let isSpecial = sources.contains { source in
            source.contains("://") || source.hasPrefix("git@") || source.contains("$")
                || source.contains("*") || archives.contains { source.lowercased().hasSuffix($0) }
        }
        guard !isSpecial, !sources.isEmpty, add.heredocs.isEmpty, add.flag("checksum") == nil else { return [] }
        return [
            DockerfileAdvice(
                rule: .addForCopy, lines: add.lines,
                reason: "ADD unpacks archives and fetches URLs, and this is neither",
                advice: "COPY does only what is meant here")
        ]
    }

    private func context(_ copy: Instruction) -> [DockerfileAdvice] {
        guard ManifestRewrite.copiesEverything(copy) else { return [] }
        let advice = "list in .dockerignore what the image does not need: .git, build outputs, node_modules, logs"
        guard let ignore else {
            return [
                DockerfileAdvice(
                    rule: .wholeContext, lines: copy.lines,
                    reason: "everything beside the Dockerfile is copied, and there is no .dockerignore", advice: advice)
            ]
        }
        let patterns = ignore.split(whereSeparator: \.isNewline)
            .map { $0.trimmingPrefix { $0.isWhitespace } }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        let hidesGit = patterns.contains { pattern in
            var name = pattern
            while let first = name.first, first == "/" || first == "." && name.hasPrefix("./") {
                name = name.dropFirst()
            }
            while let last = name.last, last == "/" || last.isWhitespace { name = name.dropLast() }
            return [".git", "**/.git", ".git*", ".*", "*", "**", ".git/**", "**/.git*"].contains(String(name))
        }
        guard !hidesGit else { return [] }
        return [
            DockerfileAdvice(
                rule: .wholeContext, lines: copy.lines,
                reason: ".dockerignore does not name .git: if there is one it is copied, and changes with each commit",
                advice: "add .git to .dockerignore")
        ]
    }

    private func updateAlone(_ run: Instruction) -> [DockerfileAdvice] {
        let commands = run.script.commands
        let isUpdate = commands.contains { ["apt-get", "apt"].contains($0[0]) && $0.contains("update") }
        // Whoever does anything else after it may well install, by a script of its own.
        let isAlone = commands.allSatisfy {
            ["apt-get", "apt"].contains($0[0]) && $0.contains("update") || $0[0] == "set"
        }
        guard isUpdate, isAlone, !run.mounts.contains(where: { $0["target"]?.contains("apt") == true }) else {
            return []
        }
        return [
            DockerfileAdvice(
                rule: .updateAlone, lines: run.lines,
                reason: "the lists come from the cache as long as this line stays, however old they are",
                advice: "put update and install into one RUN")
        ]
    }

    private static let caches: [(tool: String, verbs: Set<String>, target: String)] = [
        ("npm", ["ci", "install"], "/root/.npm"), ("pip", ["install"], "/root/.cache/pip"),
        ("pip3", ["install"], "/root/.cache/pip"), ("go", ["build", "mod", "install"], "/root/.cache/go-build"),
        ("cargo", ["build", "fetch"], "/usr/local/cargo/registry"), ("mvn", ["package", "install"], "/root/.m2"),
        ("composer", ["install"], "/root/.composer/cache"),
    ]

    private func cacheMount(_ run: Instruction) -> [DockerfileAdvice] {
        guard !run.mounts.contains(where: { $0["type"] == "cache" }) else { return [] }
        for command in run.script.commands {
            guard let cache = Self.caches.first(where: { $0.tool == command[0] }),
                let verb = command.dropFirst().first(where: { !$0.hasPrefix("-") }), cache.verbs.contains(verb)
            else { continue }
            return [
                DockerfileAdvice(
                    rule: .noCacheMount, lines: run.lines,
                    reason: "when the step runs, \(cache.tool) fetches everything again",
                    advice: "with BuildKit: RUN --mount=type=cache,target=\(cache.target)")
            ]
        }
        return []
    }
}

extension Dockerfile {
    /// The earlier stage that a stage is based on; nil when its base is an image.
    func baseStage(of number: Int) -> Int? {
        let base = stages[number].base.lowercased()
        return stages[..<number].lastIndex { $0.name?.lowercased() == base }
    }
}
