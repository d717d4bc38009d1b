import BuildModel

/// What a FROM names, taken apart.
struct BaseName: Hashable {
    /// The image or stage as printed, without a digest that its tag led to. A digest that stands there without a tag
    /// was written by the user, and is part of the name.
    var name: String
    /// `sha256:…`; nil where none is told whole.
    var digest: String?

    /// `FROM [--platform=…] NAME[@DIGEST] [AS stage]`.
    init(from text: String) {
        let words = text.split(separator: " ").dropFirst().drop { $0.hasPrefix("--") }
        let reference = words.first.map(String.init) ?? ""
        guard let at = reference.firstIndex(of: "@") else {
            (name, digest) = (reference, nil)
            return
        }
        let (before, after) = (reference[..<at], reference[reference.index(after: at)...])
        let path = before.split(separator: "/").last ?? ""
        // Old versions cut long names: half a digest tells nothing for certain.
        digest = after.hasSuffix("...") ? nil : String(after)
        name = path.contains(":") ? String(before) : reference
    }

    /// Whether `--from=X` or FROM means this image: BuildKit prints names in full.
    func isImage(_ reference: String) -> Bool {
        var full = reference.split(separator: "@").first.map(String.init) ?? reference
        let first = full.split(separator: "/").first ?? ""
        if !full.contains("/") {
            full = "docker.io/library/" + full
        } else if !first.contains(".") && !first.contains(":") && first != "localhost" {
            full = "docker.io/" + full
        }
        if full.split(separator: "/").last?.contains(":") != true { full += ":latest" }
        return reference == name || full == name
    }
}

extension BuildStep {
    /// The stages or images that the step's flags name: `COPY --from=X`, `RUN --mount=type=bind,from=X`, `FROM X`.
    var namedSources: [String] {
        if kind == .from { return [BaseName(from: text).name] }
        return flags.compactMap { flag in
            if flag.hasPrefix("--from=") { return String(flag.dropFirst("--from=".count)) }
            return mountOptions(flag).first { $0.hasPrefix("from=") }.map { String($0.dropFirst("from=".count)) }
        }
    }

    /// Whether it takes files that are no step of the build: COPY and ADD without `--from`, a bind mount of the context.
    var takesFiles: Bool {
        switch instruction {
        case "COPY", "ADD": !flags.contains { $0.hasPrefix("--from=") }
        case "RUN":
            flags.contains { flag in
                let options = mountOptions(flag)
                return flag.hasPrefix("--mount=") && !options.contains { $0.hasPrefix("from=") }
                    && (options.contains("type=bind") || !options.contains { $0.hasPrefix("type=") })
            }
        default: false
        }
    }

    /// The first address that ADD fetches.
    var remoteSource: String? {
        guard instruction == "ADD" else { return nil }
        return text.split(separator: " ").dropFirst().drop { $0.hasPrefix("--") }.map(String.init).first { word in
            ["http://", "https://", "git@", "git://", "ssh://"].contains { word.hasPrefix($0) }
        }
    }

    private var flags: [Substring] {
        Array(text.split(separator: " ").dropFirst().prefix { $0.hasPrefix("--") })
    }

    private func mountOptions(_ flag: Substring) -> [Substring] {
        flag.hasPrefix("--mount=") ? flag.dropFirst("--mount=".count).split(separator: ",") : []
    }
}
