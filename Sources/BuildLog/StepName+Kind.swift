package import BuildModel

extension StepName {
    /// Instructions that make vertices, FROM apart [buildkit: dockerfile2llb `dispatch`].
    private static let keywords: Set<String> = ["RUN", "COPY", "ADD", "WORKDIR"]

    /// Names of vertices that are the builder's or its client's own, by how they begin.
    private static let beginnings: [(String, StepKind)] = [
        ("importing cache", .cacheImport),
        ("exporting cache", .cacheExport),
        ("exporting inline cache", .cacheExport),
        ("exporting content cache", .cacheExport),
        ("exporting to GitHub", .cacheExport),
        ("preparing build cache for export", .cacheExport),
        ("exporting ", .export),
        // The client loads or pushes what the builder made, and joins what several builders made.
        ("importing to docker", .export),
        ("loading to docker", .export),
        ("pushing ", .export),
        ("copying ", .export),
        ("merging manifest list", .export),
        ("resolve image config for", .internal),
        ("resolving provenance", .internal),
        ("generating sbom", .internal),
        ("verifying build result", .internal),
        ("Verifying build result", .internal),
        ("building with", .internal),
        // The frontend that `# syntax=` names.
        ("docker-image://docker.io/docker/dockerfile", .internal),
        ("local://", .context),
    ]

    /// What the words say of a step that no bracket has told the kind of. A FROM without brackets is the image that
    /// `COPY --from` names.
    mutating func classify() {
        var rest = text[...]
        if rest.hasPrefix("ONBUILD ") { rest = rest.dropFirst("ONBUILD ".count) }
        let word = String(rest.prefix { $0 != " " && $0 != "\n" })
        if word == "FROM" {
            (kind, instruction) = (.from, word)
        } else if Self.keywords.contains(word) {
            (kind, instruction, text) = (.instruction, word, String(rest))
        } else {
            kind = Self.beginnings.first { text.hasPrefix($0.0) }?.1 ?? .other
        }
    }

    static func isContext(_ text: String) -> Bool {
        text.hasPrefix("load build context") || text.hasPrefix("load remote build context")
            || text.hasPrefix("load git source")
    }
}

extension BuildStep {
    /// A step of BuildKit, its fields taken from the name of its vertex.
    package init(number: Int, name: String, parsed: StepName, outcome: StepOutcome) {
        self.init(
            number: number, kind: parsed.kind, name: name, platform: parsed.platform, stage: parsed.stage,
            position: parsed.position, positions: parsed.positions, instruction: parsed.instruction,
            text: parsed.text, outcome: outcome)
    }
}
