extension ShellScan {
    /// Reads `$…` and gives what stands for it.
    mutating func dollar() throws(ShellFailure) -> Scalars {
        at += 1
        guard current == "{" else {
            let name = name()
            guard !name.isEmpty else { return ["$"] }
            return Scalars((value(name) ?? (lexer.keepsUnset ? "$" + name : "")).unicodeScalars)
        }
        at += 1
        switch current {
        case nil: throw ShellFailure(reason: "} is missing")
        case "{", "}", ":": throw ShellFailure(reason: "${ is followed by no name")
        default: break
        }
        let name = name()
        return Scalars(try modified(name).unicodeScalars)
    }

    private mutating func modified(_ name: String) throws(ShellFailure) -> String {
        guard let first = take() else { throw ShellFailure(reason: "} is missing after ${\(name)") }
        switch first {
        case "}": return value(name) ?? (lexer.keepsUnset ? "${\(name)}" : "")
        case "/": return try replaced(name)
        case ":":
            guard let modifier = take() else { throw ShellFailure(reason: "} is missing after ${\(name):") }
            guard modifier != "#", modifier != "%" else { throw Self.unsupported(name, ":\(modifier)") }
            return try substituted(name, modifier, isEmptyUnset: true)
        case "+", "-", "?", "#", "%": return try substituted(name, first, isEmptyUnset: false)
        default: throw Self.unsupported(name, String(first))
        }
    }

    private static func unsupported(_ name: String, _ modifier: String) -> ShellFailure {
        ShellFailure(reason: "${\(name)\(modifier)} is no substitution that is known")
    }

    private mutating func substituted(
        _ name: String, _ modifier: Unicode.Scalar, isEmptyUnset: Bool
    ) throws(ShellFailure) -> String {
        let word = try part(until: "}", keepsEscapes: modifier == "#" || modifier == "%")
        let value = value(name)
        if value == nil, lexer.keepsUnset { return "${\(name)\(isEmptyUnset ? ":" : "")\(modifier)\(word.text)}" }
        let isSet = value != nil && !(isEmptyUnset && value == "")
        switch modifier {
        case "-": return isSet ? value ?? "" : word.text
        case "+": return isSet ? word.text : ""
        case "?":
            guard isSet else {
                let reason = value == nil ? "is not allowed to be unset" : "is not allowed to be empty"
                throw ShellFailure(reason: "\(name): \(word.isEmpty ? reason : word.text)")
            }
            return value ?? ""
        case "#", "%":
            let isLongest = word.first == modifier
            let pattern = try ShellPattern(isLongest ? Scalars(word.dropFirst()) : word, isLongest: isLongest)
            let scalars = Scalars((value ?? "").unicodeScalars)
            return try modifier == "#" ? pattern.removePrefix(scalars).text : pattern.removeSuffix(scalars).text
        default: throw Self.unsupported(name, (isEmptyUnset ? ":" : "") + String(modifier))
        }
    }

    private mutating func replaced(_ name: String) throws(ShellFailure) -> String {
        let isEvery = current == "/"
        if isEvery { at += 1 }
        let pattern = try part(until: "/", keepsEscapes: true)
        let replacement = try part(until: "}", keepsEscapes: true)
        guard let value = value(name) else {
            return lexer.keepsUnset ? "${\(name)/\(pattern.text)/\(replacement.text)}" : ""
        }
        return try ShellPattern(pattern, isLongest: true)
            .replace(in: Scalars(value.unicodeScalars), with: replacement, isEvery: isEvery).text
    }

    private mutating func part(until stop: Unicode.Scalar, keepsEscapes: Bool) throws(ShellFailure) -> Scalars {
        try run(until: stop, keepsEscapes: keepsEscapes).text
    }

    /// Letters, digits and `_`; digits alone; or one of the special parameters of a shell, which are never set here.
    private mutating func name() -> String {
        guard let first = current else { return "" }
        let start = at
        if first.isDigit {
            at = text[at...].prefix { $0.isDigit }.endIndex
        } else if "@*#?-$!".unicodeScalars.contains(first) {
            at += 1
        } else {
            at = text[at...].prefix { $0.isLetter || $0.isDigit || $0 == "_" }.endIndex
        }
        return text[start..<at].text
    }

    private mutating func value(_ name: String) -> String? {
        let value = environment[name]
        if value == nil { unmatched.insert(name) } else { matched.insert(name) }
        return value
    }
}
