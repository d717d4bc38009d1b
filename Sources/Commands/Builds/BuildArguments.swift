import Foundation

/// What the command line of a build says of its Dockerfile, read as docker, podman and buildah read it.
///
/// A word that might be an option's value or not leaves the rest open, so a command with an option that is not known
/// here says nothing.
struct BuildArguments: Equatable {
    /// Of `--build-arg`; one without a value has that of the environment.
    private(set) var values: [String: String] = [:]
    /// The Dockerfile, when the command names one plain local file or builds a local folder that has one.
    private(set) var dockerfile: String?

    /// - Parameters:
    ///   - environment: that of the command.
    ///   - folder: that in which the command runs.
    init(_ words: [String], environment: [String: String], in folder: String) {
        guard let program = words.first.map({ URL(filePath: $0).lastPathComponent }),
            let parsed = Self.parse(program, words.dropFirst())
        else { return }
        for argument in parsed.options where argument.name == "build-arg" {
            let parts = argument.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : environment[String(parts[0])]
        }
        dockerfile = Self.dockerfile(parsed, isBuildah: program != "docker" && program != "buildx", in: folder)
    }

    private struct Parsed {
        var options: [(name: String, value: String)] = []
        var rest: [String] = []
    }

    // MARK: The file

    private static func dockerfile(_ parsed: Parsed, isBuildah: Bool, in folder: String) -> String? {
        let contexts = parsed.rest
        // docker needs a context; the others take the folder that they run in. buildah takes a build's arguments behind.
        guard contexts.count <= 1, isBuildah || contexts.count == 1 else { return nil }
        let named = parsed.options.filter { $0.name == "file" }.map(\.value)
        // docker takes the last of several, podman all of them as one.
        guard named.count <= 1, named != ["-"], contexts != ["-"] else { return nil }
        let context = path(contexts.first ?? ".", in: folder)
        let places =
            if let file = named.first {
                // podman and buildah look in the context, too; which of two they take is not the same in all versions.
                isBuildah ? [path(file, in: folder), path(file, in: context)] : [path(file, in: folder)]
            } else {
                (isBuildah ? ["Containerfile", "Dockerfile"] : ["Dockerfile"]).map { path($0, in: context) }
            }
        let found = Set(places.filter(StepLines.isPlainFile).map { URL(filePath: $0).standardizedFileURL.path })
        guard let first = places.first(where: StepLines.isPlainFile), named.isEmpty || found.count == 1 else {
            return nil
        }
        // The C preprocessor makes other lines of it.
        return isBuildah && first.hasSuffix(".in") ? nil : first
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    // MARK: The words

    /// The options of the build command; nil for another command, and for one that cannot be read for certain.
    private static func parse(_ program: String, _ words: ArraySlice<String>) -> Parsed? {
        var words = words
        guard var commands = commands[program], let command = option(of: .tool, in: &words) else { return nil }
        var names = [command]
        while commands.contains(where: { $0.starts(with: names) && $0.count > names.count }) {
            // `docker buildx --builder b build`
            guard let next = option(of: .tool, in: &words) else { return nil }
            names.append(next)
        }
        commands = commands.filter { $0 == names }
        guard !commands.isEmpty else { return nil }
        var parsed = Parsed()
        while let word = words.first {
            if word == "--" {
                parsed.rest += words.dropFirst()
                break
            }
            if word == "-" || !word.hasPrefix("-") {
                parsed.rest.append(words.removeFirst())
            } else {
                guard let read = read(.build, &words) else { return nil }
                parsed.options += read
            }
        }
        return parsed
    }

    /// Passes over options, and returns the word behind them.
    private static func option(of options: KnownOptions, in words: inout ArraySlice<String>) -> String? {
        while let word = words.first, word.hasPrefix("-") {
            guard read(options, &words) != nil else { return nil }
        }
        return words.popFirst()
    }

    /// Takes one word of options and, where it is another, the value. Nil when it is not known what is what.
    private static func read(
        _ known: KnownOptions, _ words: inout ArraySlice<String>
    ) -> [(name: String, value: String)]? {
        guard let word = words.popFirst() else { return nil }
        if word.hasPrefix("--") {
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            if parts.count > 1 { return [(name, String(parts[1]))] }
            if known.flags.contains(name) { return [(name, "true")] }
            guard known.valued.contains(name), let value = words.popFirst() else { return nil }
            return [(name, value)]
        }
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            if known.letterFlags.contains(letter) { continue }
            guard let name = known.letters[letter] else { return nil }
            if letters.first == "=" { letters.removeFirst() }
            guard let value = letters.isEmpty ? words.popFirst() : String(letters) else { return nil }
            return [(name, value)]
        }
        return []
    }

    private static let commands: [String: [[String]]] = [
        "docker": [["build"], ["image", "build"], ["builder", "build"], ["buildx", "build"], ["buildx", "b"]],
        "buildx": [["build"], ["b"]],
        "podman": [["build"], ["image", "build"], ["buildx", "build"]],
        "buildah": [["build"], ["bud"], ["build-using-dockerfile"]],
    ]
}
