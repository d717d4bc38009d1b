import Dockerfile

/// The simple commands of a shell script, as far as they can be read without running it.
struct ShellScript: Equatable {
    /// Words without their quotes, leading assignments left out.
    var commands: [[String]] = []
    /// Whether the script is nothing but simple commands, one after the other: no pipe, redirection, substitution,
    /// variable, group or background job. What is not plain may do more than its words say.
    var isPlain = true

    init(_ text: String) {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        var isComment = false
        func isAssignment(_ word: String) -> Bool {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
            return word[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        func endWord() {
            guard let done = word else { return }
            word = nil
            if words.isEmpty, isAssignment(done) {
                if done != "DEBIAN_FRONTEND=noninteractive" { isPlain = false }
                return
            }
            words.append(done)
        }
        func endCommand() {
            endWord()
            if !words.isEmpty { commands.append(words) }
            words = []
        }
        for character in text {
            if isComment {
                guard character == "\n" else { continue }
                isComment = false
            }
            if isEscaped {
                isEscaped = false
                if character != "\n" { word = (word ?? "") + String(character) }
                continue
            }
            if let open = quote {
                if character == open {
                    quote = nil
                } else {
                    if open == "\"" && (character == "$" || character == "`" || character == "\\") { isPlain = false }
                    word?.append(character)
                }
                continue
            }
            switch character {
            case "\\": isEscaped = true
            case "'", "\"":
                quote = character
                word = word ?? ""
            case " ", "\t", "\r": endWord()
            case ";", "\n": endCommand()
            case "&": endCommand()
            case "|", "(", ")":
                isPlain = false
                endCommand()
            case "#" where word == nil: isComment = true
            case "$", "`", "<", ">", "{", "}":
                isPlain = false
                word = (word ?? "") + String(character)
            default: word = (word ?? "") + String(character)
            }
        }
        if quote != nil { isPlain = false }
        endCommand()
        if Self.hasBackgroundJob(text) { isPlain = false }
    }

    /// One `&` where there are not two.
    private static func hasBackgroundJob(_ text: String) -> Bool {
        var run = 0
        for character in text + " " {
            if character == "&" {
                run += 1
            } else {
                if run % 2 == 1 { return true }
                run = 0
            }
        }
        return false
    }

    init(commands: [[String]], isPlain: Bool) {
        self.commands = commands
        self.isPlain = isPlain
    }
}

extension Instruction {
    /// What a RUN runs.
    var script: ShellScript {
        guard heredocs.isEmpty else {
            // A heredoc is the script itself, or the input of a program; either may do anything.
            var script = ShellScript(heredocs.map(\.content).joined(separator: "\n"))
            script.isPlain = false
            return script
        }
        guard isJSON else { return ShellScript(arguments.joined(separator: " ")) }
        // `["sh", "-c", "…"]` is a script again.
        if arguments.count == 3, arguments[1].hasPrefix("-"), arguments[1].hasSuffix("c"),
            ["sh", "/bin/sh", "bash", "/bin/bash"].contains(arguments[0])
        {
            return ShellScript(arguments[2])
        }
        return ShellScript(commands: arguments.isEmpty ? [] : [arguments], isPlain: true)
    }

    func flag(_ name: String) -> String? { flags.last { $0.name == name }?.value }

    /// The options of each `--mount`, by name.
    var mounts: [[String: String]] {
        flags.filter { $0.name == "mount" }.map { flag in
            var options: [String: String] = [:]
            for part in (flag.value ?? "").split(separator: ",") {
                let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
                options[pair[0].lowercased()] = pair.count > 1 ? pair[1] : ""
            }
            return options
        }
    }

    /// Whether files of the context or of another stage are part of its cache key.
    var readsFiles: Bool {
        switch keyword {
        case "COPY", "ADD": true
        case "RUN": mounts.contains { ($0["type"] ?? "bind") == "bind" }
        default: false
        }
    }

    /// Whether BuildKit makes a vertex of it.
    var makesStep: Bool { ["RUN", "COPY", "ADD", "WORKDIR"].contains(keyword) }
}
