/// What each instruction allows (frontend/dockerfile/instructions/parse.go).
enum InstructionRules {
    enum Kind { case text, texts, flag }

    /// Every keyword, with the flags it takes.
    static let flags: [String: [String: Kind]] = [
        "ADD": [
            "chown": .text, "chmod": .text, "link": .flag, "keep-git-dir": .flag, "checksum": .text, "unpack": .flag,
            "exclude": .texts,
        ],
        "ARG": [:], "CMD": [:],
        "COPY": [
            "chown": .text, "from": .text, "chmod": .text, "link": .flag, "exclude": .texts, "parents": .flag,
        ],
        "ENTRYPOINT": [:], "ENV": [:], "EXPOSE": [:], "FROM": ["platform": .text],
        "HEALTHCHECK": [
            "interval": .text, "timeout": .text, "start-period": .text, "start-interval": .text, "retries": .text,
        ],
        "LABEL": [:], "MAINTAINER": [:], "ONBUILD": [:],
        "RUN": ["mount": .texts, "network": .text, "security": .text, "device": .texts],
        "SHELL": [:], "STOPSIGNAL": [:], "USER": [:], "VOLUME": [:], "WORKDIR": [:],
    ]

    /// Parts flags into names and values, without judging them.
    static func parts(_ flags: [String]) -> [Instruction.Flag] {
        flags.map { flag in
            let name = flag.drop { $0 == "-" }
            guard let equals = name.unicodeScalars.firstIndex(of: "=") else { return .init(name: String(name)) }
            return .init(
                name: String(name.unicodeScalars[..<equals]),
                value: String(name.unicodeScalars[name.unicodeScalars.index(after: equals)...]))
        }
    }

    /// Why the flags of an instruction are refused; nil when they are not.
    static func problem(_ flags: [Instruction.Flag], of keyword: String) -> String? {
        // BuildKit does not look at the flags of these two.
        guard let known = Self.flags[keyword], keyword != "ARG", keyword != "STOPSIGNAL" else { return nil }
        var seen: Set<String> = []
        for flag in flags {
            guard let kind = known[flag.name] else { return "unknown flag --\(flag.name)" }
            if !seen.insert(flag.name).inserted, kind != .texts { return "--\(flag.name) is given twice" }
            if kind == .flag {
                let value = flag.value?.lowercased()
                guard value == nil || value == "true" || value == "false" else {
                    return "--\(flag.name) is true or false, not \(flag.value ?? "")"
                }
            } else if flag.value == nil {
                return "--\(flag.name) has no value"
            }
        }
        return nil
    }

    /// Why the words of an instruction are refused; nil when they are not.
    static func problem(_ node: DockerfileNode, _ keyword: String) -> String? {
        let words = node.words
        switch keyword {
        case "ADD", "COPY":
            if words.count < 2 { return "a source and a destination are needed" }
            if let last = words.last, (try? HeredocMark(last)) != nil { return "a heredoc cannot be the destination" }
        case "ARG":
            if words.isEmpty { return "a name is needed" }
            if words.contains(where: { $0.hasPrefix("=") }) { return "a name cannot be empty" }
        case "ENV", "LABEL":
            if words.isEmpty { return "a name and a value are needed" }
            if stride(from: 0, to: words.count, by: 3).contains(where: { words[$0].isEmpty }) {
                return "a name cannot be empty"
            }
        case "EXPOSE": if words.isEmpty { return "a port is needed" }
        case "FROM": return stage(words)
        case "HEALTHCHECK": return healthcheck(words)
        case "MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR": if words.count != 1 { return "one argument is needed" }
        case "ONBUILD": return trigger(node.triggers)
        case "SHELL":
            if words.isEmpty { return "an argument is needed" }
            if !node.isJSON { return "a JSON array of strings is needed" }
        case "VOLUME":
            if words.isEmpty { return "a path is needed" }
            if words.contains(where: { $0.unicodeScalars.allSatisfy(\.isSpace) }) { return "a path cannot be empty" }
        default: break
        }
        return nil
    }

    private static func stage(_ words: [String]) -> String? {
        guard words.count == 3, words[1].lowercased() == "as" else {
            return words.count == 1 ? nil : "write FROM image, or FROM image AS name"
        }
        guard words[2].lowercased().wholeMatch(of: /[a-z][a-z0-9\-_.]*/.matchingSemantics(.unicodeScalar)) != nil else {
            return "\(words[2]) is no name for a stage: a letter comes first, then letters, digits, - _ and ."
        }
        return nil
    }

    private static func healthcheck(_ words: [String]) -> String? {
        switch words.first?.uppercased() {
        case nil: "CMD or NONE is needed"
        case "NONE": words.count == 1 ? nil : "NONE has no arguments"
        case "CMD": words.count > 1 ? nil : "CMD has no command"
        case .some: "\(words[0]) is neither CMD nor NONE"
        }
    }

    private static func trigger(_ triggers: [DockerfileNode]) -> String? {
        guard let keyword = triggers.first?.keyword.uppercased() else { return "an instruction is needed" }
        return ["MAINTAINER", "FROM", "ONBUILD"].contains(keyword) ? "it cannot hold \(keyword)" : nil
    }
}
