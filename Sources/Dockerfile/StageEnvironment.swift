/// The variables at one place of a stage.
struct StageEnvironment {
    var values: [String: String] = [:]
    /// Names whose value depends on something that is not known.
    var uncertain: Set<String> = []
    /// Whether all variables of the base image are in ``values``.
    var isBaseKnown = true
    /// The working directory; nil when the base image sets one that is not known.
    var folder: String? = "/"
    let lexer: ShellLexer

    struct Word {
        var text: String
        /// Whether nothing in it depends on what is not known.
        var isCertain: Bool
    }

    init(lexer: ShellLexer) { self.lexer = lexer }

    /// Linux images without PATH get this one (util/system/path.go).
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Takes the variables of the base image; nil when they are not known.
    mutating func start(_ base: [String: String]?, isScratch: Bool) {
        isBaseKnown = base != nil || isScratch
        values = base ?? [:]
        if isBaseKnown, values["PATH"] == nil { values["PATH"] = Self.path }
        folder = isScratch ? "/" : nil
    }

    func expand(_ text: String) throws(ShellFailure) -> Word { try expand(text, lexer) }

    func expand(_ text: String, _ lexer: ShellLexer) throws(ShellFailure) -> Word {
        let expanded = try lexer.expand(text, values)
        let isCertain = expanded.matched.isDisjoint(with: uncertain) && expanded.unmatched.isDisjoint(with: uncertain)
        return Word(text: expanded.text, isCertain: isCertain && (isBaseKnown || expanded.unmatched.isEmpty))
    }

    mutating func set(_ name: String, _ word: Word?) {
        values[name] = word?.text
        if word?.isCertain == true { uncertain.remove(name) } else { uncertain.insert(name) }
    }

    /// Variables of `ENV a=b c=d`: all are expanded before the first is set.
    mutating func define(_ instruction: Instruction) {
        let pairs = instruction.arguments.map { argument in
            let (name, value) = argument.nameAndValue
            return ((try? expand(name))?.text ?? name, try? expand(value ?? ""))
        }
        for (name, word) in pairs { set(name, word) }
    }

    /// Variables of `ARG a=b c`: one that the build was given wins, then the default, then the global one.
    mutating func declare(_ instruction: Instruction, _ settings: BuildSettings, _ globals: [String: String]) {
        for argument in instruction.arguments {
            let (name, value) = argument.nameAndValue
            if name == "BUILDKIT_SBOM_SCAN_CONTEXT" || name == "BUILDKIT_SBOM_SCAN_STAGE" { continue }
            if let given = settings.arguments[name] {
                set(name, Word(text: given, isCertain: true))
            } else if let value {
                set(name, try? expand(value))
            } else if let global = globals[name] {
                set(name, Word(text: global, isCertain: true))
            }
        }
    }

    /// Goes to a folder as WORKDIR does, and says whether that is `/`: then there is no step. Nil when the folder
    /// above is not known.
    mutating func enter(_ path: String) -> Bool? {
        let isAbsolute = path.hasPrefix("/")
        guard isAbsolute || folder != nil else {
            // Below an unknown folder it can be the root only by going up.
            let rises = path.split(separator: "/").allSatisfy { $0 == "." || $0 == ".." }
            return rises || path.contains("..") ? nil : false
        }
        var parts: [Substring] = []
        for part in ((isAbsolute ? "" : folder ?? "") + "/" + path).split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        folder = "/" + parts.joined(separator: "/")
        return folder == "/"
    }
}

extension String {
    /// `name=value`; no value without an equals sign.
    var nameAndValue: (name: String, value: String?) {
        guard let equals = unicodeScalars.firstIndex(of: "=") else { return (self, nil) }
        return (
            String(unicodeScalars[..<equals]), String(unicodeScalars[unicodeScalars.index(after: equals)...])
        )
    }
}
